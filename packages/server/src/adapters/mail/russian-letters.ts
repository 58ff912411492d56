import type { Factor } from "#core/refusal.js";
import { nameInLetter } from "./name-in-letter.js";
import type { LetterWords } from "./letter-words.js";

export const russianLetters: LetterWords = {
  language: "ru",
  direction: "ltr",
  letters: {
    "registration-code": ({ expiresIn }, service) => ({
      subject: `Ваш код для ${named(service)}`,
      before: [`Введите этот код, чтобы завершить регистрацию в ${named(service)}:`],
      after: [
        `Он действует один раз, в течение ${duration(expiresIn)}. Никому его не сообщайте.`,
        "Если вы не регистрировались, не обращайте внимания на это письмо: без кода аккаунт не будет создан.",
      ],
    }),
    "already-registered": (_, service) => ({
      subject: `У вас уже есть аккаунт в ${named(service)}`,
      before: [
        `Кто-то, возможно вы, пытался зарегистрироваться в ${named(service)} с этим адресом. У него уже есть аккаунт, ничего не изменено.`,
        "Если это были вы, войдите как обычно или запросите там новый пароль.",
        "Если это были не вы, ничего делать не нужно.",
      ],
      after: [],
    }),
    "registration-link": ({ expiresIn }, service) => ({
      subject: `Подтвердите свой адрес для ${named(service)}`,
      before: [`Откройте эту ссылку, чтобы завершить регистрацию в ${named(service)}:`],
      after: [
        `Она действует один раз, в течение ${duration(expiresIn)}.`,
        "Если вы не регистрировались, не обращайте внимания на это письмо: без ссылки аккаунт не будет создан.",
      ],
    }),
    "username-taken": (_, service) => ({
      subject: `Выберите другое имя пользователя для ${named(service)}`,
      before: [
        `Вы пытались зарегистрироваться в ${named(service)} с этим адресом, но выбранное имя пользователя занято. Зарегистрируйтесь ещё раз с другим.`,
        "Если это были не вы, не обращайте внимания на это письмо: аккаунт не создан.",
      ],
      after: [],
    }),
    "sign-in-code": ({ expiresIn }, service) => ({
      subject: `Ваш код для входа в ${named(service)}`,
      before: [`Введите этот код, чтобы войти в ${named(service)}:`],
      after: [
        `Он действует один раз, в течение ${duration(expiresIn)}. Никому его не сообщайте.`,
        "Если вы не пытались войти, кто-то знает ваш пароль: задайте новый.",
      ],
    }),
    "recovery-link": ({ expiresIn }, service) => ({
      subject: `Новый пароль в ${named(service)}`,
      before: [`Откройте эту ссылку, чтобы задать новый пароль в ${named(service)}:`],
      after: [
        `Она действует один раз, в течение ${duration(expiresIn)}. Никому её не передавайте: с ней можно завладеть вашим аккаунтом.`,
        "Если вы её не запрашивали, не обращайте внимания на это письмо: ваш пароль остаётся прежним.",
      ],
    }),
    "recovery-by-question": ({ availableAt }, service) => ({
      subject: `Кто-то хочет задать новый пароль в ${named(service)}`,
      before: [
        `Кто-то, возможно вы, ответил на контрольный вопрос вашего аккаунта в ${named(service)} и с ${time(availableAt)} сможет задать новый пароль.`,
        "Если это были не вы, откройте эту ссылку и остановите восстановление:",
      ],
      after: ["Если это были вы, ничего делать не нужно."],
    }),
    "account-recovered": ({ at }, service) => ({
      subject: `Доступ к вашему аккаунту в ${named(service)} восстановлен`,
      before: [
        `${time(at)} при восстановлении доступа к вашему аккаунту в ${named(service)} задан новый пароль. Все остальные входы в него завершены.`,
        "Если это были не вы, сразу восстановите доступ и сообщите владельцам сервиса.",
      ],
      after: [],
    }),
    "factor-locked": ({ factor, at }, service) => ({
      subject: `Слишком много неверных ответов в ${named(service)}`,
      before: [
        `Кто-то, возможно вы, пытался войти в ваш аккаунт в ${named(service)} и слишком часто ошибался. С ${time(at)} временно нельзя использовать: ${factors[factor]}.`,
        "Если это были вы, подождите или войдите другим способом. Если это были не вы, этим путём никто не вошёл; если это повторится, сообщите владельцам сервиса.",
      ],
      after: [],
    }),
    "factor-changed": ({ factor, at }, service) => ({
      subject: `Изменён способ входа в ${named(service)}`,
      before: [
        `${time(at)} в вашем аккаунте в ${named(service)} задано или изменено: ${factors[factor]}.`,
        "Если это были не вы, сразу восстановите доступ и сообщите владельцам сервиса.",
      ],
      after: [],
    }),
    "backup-code-used": ({ left, at }, service) => ({
      subject: `Использован резервный код в ${named(service)}`,
      before: [
        `${time(at)} для входа в ${named(service)} использован один из ваших резервных кодов. Осталось: ${String(left)}.`,
        "Если это были не вы, сразу восстановите доступ и создайте новые коды.",
      ],
      after: [],
    }),
    "recovery-code": ({ expiresIn }, service) => ({
      subject: `Ваш код для нового пароля в ${named(service)}`,
      before: [`Введите этот код, чтобы задать новый пароль в ${named(service)}:`],
      after: [
        `Он действует один раз, в течение ${duration(expiresIn)}. Никому его не сообщайте: с ним можно завладеть вашим аккаунтом.`,
        "Если вы его не запрашивали, не обращайте внимания на это письмо: ваш пароль остаётся прежним.",
      ],
    }),
    "identity-link-code": ({ provider, expiresIn }, service) => ({
      subject: `Ваш код, разрешающий вход через ${named(provider)}`,
      before: [
        `Кто-то, возможно вы, хочет войти в ваш аккаунт в ${named(service)} через ${named(provider)}. Введите этот код, чтобы разрешить это:`,
      ],
      after: [
        `Он действует один раз, в течение ${duration(expiresIn)}. Никому его не сообщайте.`,
        "Если это были не вы, не обращайте внимания на это письмо: без кода ничего не изменится.",
      ],
    }),
    "password-changed": ({ at }, service) => ({
      subject: `Ваш пароль в ${named(service)} изменён`,
      before: [
        `${time(at)} изменён пароль вашего аккаунта в ${named(service)}. Все остальные входы в него завершены.`,
        "Если это были не вы, сразу запросите там новый пароль и сообщите владельцам сервиса.",
      ],
      after: [],
    }),
    "identity-linked": ({ provider, at }, service) => ({
      subject: `Теперь вы можете входить через ${named(provider)}`,
      before: [
        `С ${time(at)} в ваш аккаунт в ${named(service)} можно войти через ${named(provider)}.`,
        "Если вы этого не разрешали, сразу задайте новый пароль и сообщите владельцам сервиса.",
      ],
      after: [],
    }),
    "sign-in-stolen": ({ at }, service) => ({
      subject: `Один из ваших входов в ${named(service)} завершён`,
      before: [
        `${time(at)} кто-то использовал копию одного из ваших входов в ${named(service)}. Чтобы защитить ваш аккаунт, этот вход завершён.`,
        "Войдите снова. Если это письмо придёт ещё раз, задайте новый пароль.",
      ],
      after: [],
    }),
  },
  closing: (service) => `Это письмо отправлено автоматически (${named(service)}); ответы на него никто не читает.`,
};

const factors: Readonly<Record<Factor, string>> = {
  password: "пароль",
  code: "код по SMS или почте",
  "backup-code": "резервные коды",
  memorable: "памятные слова",
  "control-answer": "контрольный вопрос",
};

const named = (name: string): string => nameInLetter(name, "ltr");

/** In the genitive, behind "в течение". */
const duration = (milliseconds: number): string => {
  const minutes = Math.round(milliseconds / 60_000);
  const [count, one, many] = minutes % 60 === 0 ? [minutes / 60, "часа", "часов"] : [minutes, "минуты", "минут"];
  return `${String(count)} ${count % 10 === 1 && count % 100 !== 11 ? one : many}`;
};

const times = new Intl.DateTimeFormat("ru-RU", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
const time = (at: number): string => `${times.format(at)} (UTC)`;
