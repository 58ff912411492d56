import type { Factor } from "#core/refusal.js";
import type { SmsWords } from "./sms-words.js";

export const russianTexts: SmsWords = {
  language: "ru",
  texts: {
    "registration-code": ({ expiresIn }, service) =>
      `${service}: код для регистрации. Действует ${minutes(expiresIn)}. Никому его не сообщайте.`,
    "sign-in-code": ({ expiresIn }, service) =>
      `${service}: код для входа. Действует ${minutes(expiresIn)}. Никому его не сообщайте.`,
    "recovery-code": ({ expiresIn }, service) =>
      `${service}: код для нового пароля. Действует ${minutes(expiresIn)}. Никому его не сообщайте.`,
    "identity-link-code": ({ provider, expiresIn }, service) =>
      `${service}: код, разрешающий вход через ${provider}. Действует ${minutes(expiresIn)}. Никому его не сообщайте.`,
    "registration-link": (_, service) => `${service}: завершите регистрацию по ссылке:`,
    "recovery-link": (_, service) => `${service}: задайте новый пароль по ссылке:`,
    "already-registered": (_, service) =>
      `${service}: кто-то, возможно вы, пытался зарегистрировать этот номер. Аккаунт уже есть, ничего не изменено.`,
    "username-taken": (_, service) => `${service}: выбранное имя занято. Зарегистрируйтесь ещё раз с другим.`,
    "recovery-by-question": (_, service) =>
      `${service}: кто-то ответил на контрольный вопрос и через сутки сможет сменить пароль. Это не вы? Остановите:`,
    "account-recovered": (_, service) =>
      `${service}: доступ восстановлен, задан новый пароль, остальные входы завершены. Это не вы? Сообщите владельцам сервиса.`,
    "factor-locked": ({ factor }, service) =>
      `${service}: много неверных ответов, ${named[factor]} – временно недоступно. Это не вы? Кто-то пытается войти.`,
    "factor-changed": ({ factor }, service) =>
      `${service}: изменено – ${named[factor]}. Это не вы? Сразу восстановите доступ.`,
    "backup-code-used": ({ left }, service) =>
      `${service}: вход по резервному коду, осталось: ${String(left)}. Это не вы? Сразу восстановите доступ.`,
    "password-changed": (_, service) => `${service}: пароль изменён. Это не вы? Сразу восстановите доступ.`,
    "identity-linked": ({ provider }, service) =>
      `${service}: теперь в аккаунт можно войти через ${provider}. Это не вы? Сразу смените пароль.`,
    "sign-in-stolen": (_, service) =>
      `${service}: использована копия одного из ваших входов, он завершён. Войдите снова.`,
  },
};

const named: Readonly<Record<Factor, string>> = {
  password: "пароль",
  code: "код по SMS или почте",
  "backup-code": "резервные коды",
  memorable: "памятные слова",
  "control-answer": "контрольный вопрос",
};

const minutes = (milliseconds: number): string => `${String(Math.round(milliseconds / 60_000))} мин`;
