import type { PageLanguage } from "../hosted/layout.js";

/** The words of the pages at `/verify`. */
export interface VerifyWords {
  readonly title: string;
  readonly intro: string;
  readonly confirm: string;
  readonly done: string;
  readonly linkInvalid: string;
  readonly tooMany: string;
  readonly busy: string;
  readonly fault: string;
}

export const verifyWords: Readonly<Record<PageLanguage, VerifyWords>> = {
  en: {
    title: "Confirm your e-mail address",
    intro:
      "Press the button to confirm your address and finish your registration. If you did not register, close this page.",
    confirm: "Confirm the address",
    done: "Your address is confirmed. You can sign in now.",
    linkInvalid: "This link does not work any more. Please register again.",
    tooMany: "Too many tries. Please wait a moment.",
    busy: "The service is busy. Please try again in a moment.",
    fault: "Something went wrong on our side.",
  },
  fa: {
    title: "نشانی ایمیل خود را تأیید کنید",
    intro: "برای تأیید نشانی و پایان ثبت‌نام، دکمه را بزنید. اگر شما ثبت‌نام نکرده‌اید، این صفحه را ببندید.",
    confirm: "تأیید نشانی",
    done: "نشانی شما تأیید شد. اکنون می‌توانید وارد شوید.",
    linkInvalid: "این پیوند دیگر کار نمی‌کند. لطفاً دوباره ثبت‌نام کنید.",
    tooMany: "تلاش‌ها بیش از اندازه بود. لطفاً کمی صبر کنید.",
    busy: "سرویس سرش شلوغ است. لطفاً کمی بعد دوباره تلاش کنید.",
    fault: "در سمت ما خطایی رخ داد.",
  },
};
