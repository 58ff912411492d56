import type { Factor } from "#core/refusal.js";
import { nameInLetter } from "./name-in-letter.js";
import type { LetterWords } from "./letter-words.js";

export const persianLetters: LetterWords = {
  language: "fa",
  direction: "rtl",
  letters: {
    "registration-code": ({ expiresIn }, service) => ({
      subject: `کد ثبت‌نام شما در ${named(service)}`,
      before: [`برای پایان دادن به ثبت‌نام در ${named(service)} این کد را وارد کنید:`],
      after: [
        `این کد ${duration(expiresIn)} اعتبار دارد و تنها یک بار کار می‌کند. آن را به هیچ‌کس نگویید.`,
        "اگر شما ثبت‌نام نکرده‌اید، این پیام را نادیده بگیرید: بدون این کد حسابی ساخته نمی‌شود.",
      ],
    }),
    "already-registered": (_, service) => ({
      subject: `شما در ${named(service)} حساب دارید`,
      before: [
        `کسی، شاید خود شما، خواسته است با این نشانی در ${named(service)} ثبت‌نام کند. این نشانی از پیش حساب دارد و چیزی تغییر نکرده است.`,
        "اگر خودتان بودید، مانند همیشه وارد شوید یا همان‌جا گذرواژهٔ تازه بخواهید.",
        "اگر شما نبودید، لازم نیست کاری بکنید.",
      ],
      after: [],
    }),
    "registration-link": ({ expiresIn }, service) => ({
      subject: `نشانی خود را برای ${named(service)} تأیید کنید`,
      before: [`برای پایان دادن به ثبت‌نام در ${named(service)} این پیوند را باز کنید:`],
      after: [
        `این پیوند ${duration(expiresIn)} اعتبار دارد و تنها یک بار کار می‌کند.`,
        "اگر شما ثبت‌نام نکرده‌اید، این پیام را نادیده بگیرید: بدون این پیوند حسابی ساخته نمی‌شود.",
      ],
    }),
    "username-taken": (_, service) => ({
      subject: `برای ${named(service)} نام کاربری دیگری برگزینید`,
      before: [
        `شما خواسته‌اید با این نشانی در ${named(service)} ثبت‌نام کنید، ولی نام کاربری‌ای که برگزیده‌اید گرفته شده است. با نام دیگری دوباره ثبت‌نام کنید.`,
        "اگر شما نبودید، این پیام را نادیده بگیرید: حسابی ساخته نشده است.",
      ],
      after: [],
    }),
    "sign-in-code": ({ expiresIn }, service) => ({
      subject: `کد ورود شما به ${named(service)}`,
      before: [`برای ورود به ${named(service)} این کد را وارد کنید:`],
      after: [
        `این کد ${duration(expiresIn)} اعتبار دارد و تنها یک بار کار می‌کند. آن را به هیچ‌کس نگویید.`,
        "اگر شما نمی‌خواستید وارد شوید، کسی گذرواژهٔ شما را می‌داند: گذرواژهٔ تازه برگزینید.",
      ],
    }),
    "recovery-link": ({ expiresIn }, service) => ({
      subject: `برای ${named(service)} گذرواژهٔ تازه برگزینید`,
      before: [`برای برگزیدن گذرواژهٔ تازه در ${named(service)} این پیوند را باز کنید:`],
      after: [
        `این پیوند ${duration(expiresIn)} اعتبار دارد و تنها یک بار کار می‌کند. آن را به هیچ‌کس ندهید: هر که آن را داشته باشد می‌تواند حساب شما را از آن خود کند.`,
        "اگر شما آن را نخواسته‌اید، این پیام را نادیده بگیرید: گذرواژهٔ شما همان می‌ماند.",
      ],
    }),
    "recovery-by-question": ({ availableAt }, service) => ({
      subject: `کسی می‌خواهد در ${named(service)} گذرواژهٔ تازه بگذارد`,
      before: [
        `کسی، شاید خود شما، به پرسش امنیتی حساب شما در ${named(service)} پاسخ داده است و از ${time(availableAt)} می‌تواند گذرواژهٔ تازه بگذارد.`,
        "اگر شما نبودید، این پیوند را باز کنید و همان‌جا جلوی آن را بگیرید:",
      ],
      after: ["اگر خودتان بودید، لازم نیست کاری بکنید."],
    }),
    "account-recovered": ({ at }, service) => ({
      subject: `حساب شما در ${named(service)} بازیابی شد`,
      before: [
        `در ${time(at)} از راه بازیابی برای حساب شما در ${named(service)} گذرواژهٔ تازه گذاشته شد. همهٔ ورودهای دیگر به این حساب پایان یافته‌اند.`,
        "اگر کار شما نبود، بی‌درنگ حساب خود را بازیابی کنید و به گردانندگان آن خبر دهید.",
      ],
      after: [],
    }),
    "factor-locked": ({ factor, at }, service) => ({
      subject: `پاسخ‌های نادرست زیادی در ${named(service)} داده شد`,
      before: [
        `کسی، شاید خود شما، خواسته است وارد حساب شما در ${named(service)} شود و بارها نادرست پاسخ داده است. از ${time(at)} تا چندی ${factors[factor]} کار نمی‌کند.`,
        "اگر خودتان بودید، صبر کنید یا از راه دیگری وارد شوید. اگر شما نبودید، کسی از این راه وارد نشده است؛ اگر باز هم پیش آمد، به گردانندگان آن خبر دهید.",
      ],
      after: [],
    }),
    "factor-changed": ({ factor, at }, service) => ({
      subject: `راه ورود شما به ${named(service)} تغییر کرد`,
      before: [
        `در ${time(at)} در حساب شما در ${named(service)} این گذاشته شد یا تغییر کرد: ${factors[factor]}.`,
        "اگر کار شما نبود، بی‌درنگ حساب خود را بازیابی کنید و به گردانندگان آن خبر دهید.",
      ],
      after: [],
    }),
    "backup-code-used": ({ left, at }, service) => ({
      subject: `یک کد پشتیبان در ${named(service)} به کار رفت`,
      before: [
        `در ${time(at)} با یکی از کدهای پشتیبان شما وارد ${named(service)} شدند. ${numbers.format(left)} کد مانده است.`,
        "اگر شما نبودید، بی‌درنگ حساب خود را بازیابی کنید و کدهای تازه بسازید.",
      ],
      after: [],
    }),
    "recovery-code": ({ expiresIn }, service) => ({
      subject: `کد شما برای گذرواژهٔ تازه در ${named(service)}`,
      before: [`برای برگزیدن گذرواژهٔ تازه در ${named(service)} این کد را وارد کنید:`],
      after: [
        `این کد ${duration(expiresIn)} اعتبار دارد و تنها یک بار کار می‌کند. آن را به هیچ‌کس نگویید: هر که آن را داشته باشد می‌تواند حساب شما را از آن خود کند.`,
        "اگر شما آن را نخواسته‌اید، این پیام را نادیده بگیرید: گذرواژهٔ شما همان می‌ماند.",
      ],
    }),
    "identity-link-code": ({ provider, expiresIn }, service) => ({
      subject: `کد شما برای اجازهٔ ورود با ${named(provider)}`,
      before: [
        `کسی، شاید خود شما، می‌خواهد با ${named(provider)} وارد حساب شما در ${named(service)} شود. برای اجازه دادن این کد را وارد کنید:`,
      ],
      after: [
        `این کد ${duration(expiresIn)} اعتبار دارد و تنها یک بار کار می‌کند. آن را به هیچ‌کس نگویید.`,
        "اگر شما نبودید، این پیام را نادیده بگیرید: بدون این کد چیزی تغییر نمی‌کند.",
      ],
    }),
    "password-changed": ({ at }, service) => ({
      subject: `گذرواژهٔ شما در ${named(service)} تغییر کرد`,
      before: [
        `گذرواژهٔ حساب شما در ${named(service)} در ${time(at)} تغییر کرد. همهٔ ورودهای دیگر به این حساب پایان یافته‌اند.`,
        "اگر کار شما نبود، بی‌درنگ همان‌جا گذرواژهٔ تازه بخواهید و به گردانندگان آن خبر دهید.",
      ],
      after: [],
    }),
    "identity-linked": ({ provider, at }, service) => ({
      subject: `اکنون می‌توانید با ${named(provider)} وارد شوید`,
      before: [
        `از ${time(at)} می‌توان با ${named(provider)} وارد حساب شما در ${named(service)} شد.`,
        "اگر شما اجازه نداده‌اید، بی‌درنگ گذرواژهٔ تازه برگزینید و به گردانندگان آن خبر دهید.",
      ],
      after: [],
    }),
    "sign-in-stolen": ({ at }, service) => ({
      subject: `یکی از ورودهای شما به ${named(service)} پایان داده شد`,
      before: [
        `در ${time(at)} کسی رونوشتی از یکی از ورودهای شما به ${named(service)} را به کار برد. برای نگهداری از حساب شما آن ورود پایان داده شد.`,
        "دوباره وارد شوید. اگر این پیام باز هم آمد، گذرواژهٔ تازه برگزینید.",
      ],
      after: [],
    }),
  },
  closing: (service) => `این پیام را ${named(service)} خودکار فرستاده است و کسی پاسخ‌های آن را نمی‌خواند.`,
};

const factors: Readonly<Record<Factor, string>> = {
  password: "گذرواژه",
  code: "کد پیامکی یا ایمیلی",
  "backup-code": "کدهای پشتیبان",
  memorable: "واژه‌های به‌یادماندنی",
  "control-answer": "پرسش امنیتی",
};

const named = (name: string): string => nameInLetter(name, "rtl");

const numbers = new Intl.NumberFormat("fa-IR");

const duration = (milliseconds: number): string => {
  const minutes = Math.round(milliseconds / 60_000);
  return minutes % 60 === 0 ? `${numbers.format(minutes / 60)} ساعت` : `${numbers.format(minutes)} دقیقه`;
};

const times = new Intl.DateTimeFormat("fa-IR", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
const time = (at: number): string => `${times.format(at)} (UTC)`;
