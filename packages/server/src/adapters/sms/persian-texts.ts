import type { Factor } from "#core/refusal.js";
import type { SmsWords } from "./sms-words.js";

export const persianTexts: SmsWords = {
  language: "fa",
  texts: {
    "registration-code": ({ expiresIn }, service) =>
      `کد ثبت‌نام شما در ${service}. تا ${minutes(expiresIn)} معتبر است. آن را به هیچ‌کس نگویید.`,
    "sign-in-code": ({ expiresIn }, service) =>
      `کد ورود شما به ${service}. تا ${minutes(expiresIn)} معتبر است. آن را به هیچ‌کس نگویید.`,
    "recovery-code": ({ expiresIn }, service) =>
      `کد شما برای گذرواژهٔ تازه در ${service}. تا ${minutes(expiresIn)} معتبر است. آن را به هیچ‌کس نگویید.`,
    "identity-link-code": ({ provider, expiresIn }, service) =>
      `کد شما برای اجازهٔ ورود به ${service} با ${provider}. تا ${minutes(expiresIn)} معتبر است. آن را به هیچ‌کس نگویید.`,
    "registration-link": (_, service) => `برای پایان ثبت‌نام در ${service} این پیوند را باز کنید:`,
    "recovery-link": (_, service) => `برای گذرواژهٔ تازه در ${service} این پیوند را باز کنید:`,
    "already-registered": (_, service) =>
      `کسی، شاید خود شما، خواسته با این شماره در ${service} ثبت‌نام کند. این شماره از پیش حساب دارد و چیزی تغییر نکرد.`,
    "username-taken": (_, service) =>
      `نام کاربری‌ای که برای ${service} برگزیده‌اید گرفته شده است. با نام دیگری ثبت‌نام کنید.`,
    "recovery-by-question": (_, service) =>
      `کسی به پرسش امنیتی شما در ${service} پاسخ داده و یک روز دیگر می‌تواند گذرواژه را عوض کند. شما نبودید؟ جلوی آن را بگیرید:`,
    "account-recovered": (_, service) =>
      `حساب شما در ${service} بازیابی شد، گذرواژهٔ تازه گذاشته شد و ورودهای دیگر پایان یافت. شما نبودید؟ به گردانندگان خبر دهید.`,
    "factor-locked": ({ factor }, service) =>
      `پاسخ‌های نادرست زیادی در ${service} داده شد؛ ${named[factor]} چندی کار نمی‌کند. شما نبودید؟ کسی می‌خواهد وارد شود.`,
    "factor-changed": ({ factor }, service) =>
      `در حساب شما در ${service} تغییر کرد: ${named[factor]}. شما نبودید؟ بی‌درنگ حسابتان را بازیابی کنید.`,
    "backup-code-used": ({ left }, service) =>
      `با یک کد پشتیبان وارد ${service} شدند؛ ${numbers.format(left)} کد مانده است. شما نبودید؟ بی‌درنگ حسابتان را بازیابی کنید.`,
    "password-changed": (_, service) =>
      `گذرواژهٔ شما در ${service} تغییر کرد. شما نبودید؟ بی‌درنگ حسابتان را بازیابی کنید.`,
    "identity-linked": ({ provider }, service) =>
      `اکنون با ${provider} می‌توان وارد حساب شما در ${service} شد. شما نبودید؟ بی‌درنگ گذرواژهٔ تازه بگذارید.`,
    "sign-in-stolen": (_, service) =>
      `رونوشتی از یکی از ورودهای شما به ${service} به کار رفت و آن ورود پایان یافت. دوباره وارد شوید.`,
  },
};

const named: Readonly<Record<Factor, string>> = {
  password: "گذرواژه",
  code: "کد پیامکی یا ایمیلی",
  "backup-code": "کدهای پشتیبان",
  memorable: "واژه‌های به‌یادماندنی",
  "control-answer": "پرسش امنیتی",
};

const numbers = new Intl.NumberFormat("fa-IR");
const minutes = (milliseconds: number): string => `${numbers.format(Math.round(milliseconds / 60_000))} دقیقه`;
