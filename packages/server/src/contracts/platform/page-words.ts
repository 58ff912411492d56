import type { Language } from "./platform-request.js";

/** The words of the pages behind mailed links. */
export interface PageWords {
  readonly recover: ActWords & { readonly label: string };
  readonly cancelRecovery: ActWords;
  readonly linkInvalid: string;
  readonly tooMany: string;
  readonly busy: string;
  readonly fault: string;
}

interface ActWords {
  readonly title: string;
  readonly intro: string;
  readonly submit: string;
  readonly done: string;
}

export const pageWords: Readonly<Record<Language, PageWords>> = {
  en: {
    recover: {
      title: "Choose a new password",
      intro: "With the new password you are signed out everywhere else.",
      label: "New password",
      submit: "Set the password",
      done: "Your password has been changed. Sign in with it where you usually do.",
    },
    cancelRecovery: {
      title: "Stop the recovery",
      intro:
        "Somebody answered your control question and wants to set a new password for your account. If it was not you, press the button.",
      submit: "Stop the recovery",
      done: "The recovery has been stopped. Your password is what it was. Please change your control question.",
    },
    linkInvalid: "This link does not work any more. Ask for a new one.",
    tooMany: "Too many tries. Please wait a moment.",
    busy: "The service is busy. Please try again in a moment.",
    fault: "Something went wrong on our side.",
  },
  fa: {
    recover: {
      title: "گذرواژهٔ تازه‌ای انتخاب کنید",
      intro: "با گذرواژهٔ تازه، از همهٔ دستگاه‌های دیگر خارج می‌شوید.",
      label: "گذرواژهٔ تازه",
      submit: "ثبت گذرواژه",
      done: "گذرواژهٔ شما تغییر کرد. در همان جای همیشگی با آن وارد شوید.",
    },
    cancelRecovery: {
      title: "توقف بازیابی",
      intro:
        "کسی به پرسش امنیتی شما پاسخ داده است و می‌خواهد برای حساب شما گذرواژهٔ تازه‌ای بگذارد. اگر شما نبوده‌اید، دکمه را بزنید.",
      submit: "توقف بازیابی",
      done: "بازیابی متوقف شد و گذرواژهٔ شما همان است که بود. لطفاً پرسش امنیتی خود را عوض کنید.",
    },
    linkInvalid: "این پیوند دیگر کار نمی‌کند. پیوند تازه‌ای درخواست کنید.",
    tooMany: "تلاش‌ها بیش از اندازه بود. لطفاً کمی صبر کنید.",
    busy: "سرویس سرش شلوغ است. لطفاً کمی بعد دوباره تلاش کنید.",
    fault: "در سمت ما خطایی رخ داد.",
  },
  ru: {
    recover: {
      title: "Выберите новый пароль",
      intro: "После смены пароля вы выйдете из учётной записи на всех других устройствах.",
      label: "Новый пароль",
      submit: "Установить пароль",
      done: "Пароль изменён. Войдите с ним там, где обычно входите.",
    },
    cancelRecovery: {
      title: "Остановить восстановление",
      intro:
        "Кто-то ответил на ваш контрольный вопрос и хочет установить новый пароль для вашей учётной записи. Если это не вы, нажмите кнопку.",
      submit: "Остановить восстановление",
      done: "Восстановление остановлено, пароль остался прежним. Пожалуйста, смените контрольный вопрос.",
    },
    linkInvalid: "Эта ссылка больше не работает. Запросите новую.",
    tooMany: "Слишком много попыток. Пожалуйста, подождите немного.",
    busy: "Сервис занят. Пожалуйста, повторите попытку чуть позже.",
    fault: "На нашей стороне произошла ошибка.",
  },
};
