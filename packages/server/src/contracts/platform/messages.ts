import type { PasswordFailure } from "#core/refusal.js";
import type { Language } from "./platform-request.js";

/** One text in every language of the contract. */
export type Text = Readonly<Record<Language, string>>;

/** What each code says; each text was chosen once and is a part of the contract (`specs/platform.md`). */
export const messages = {
  "auth.apikey.missing": {
    en: "The API key of the application is missing.",
    fa: "کلید API برنامه فرستاده نشده است.",
    ru: "Не передан API-ключ приложения.",
  },
  "auth.apikey.invalid": {
    en: "The API key of the application is not valid.",
    fa: "کلید API برنامه معتبر نیست.",
    ru: "API-ключ приложения недействителен.",
  },
  "auth.header.missing": {
    en: "The Authorization header is missing.",
    fa: "سرآیند Authorization فرستاده نشده است.",
    ru: "Отсутствует заголовок Authorization.",
  },
  "auth.header.invalid": {
    en: "The Authorization header is not in the form that this request needs.",
    fa: "قالب سرآیند Authorization برای این درخواست درست نیست.",
    ru: "Заголовок Authorization имеет неподходящий для этого запроса формат.",
  },
  "auth.token.expired": {
    en: "The token has expired.",
    fa: "توکن منقضی شده است.",
    ru: "Срок действия токена истёк.",
  },
  "auth.token.invalid": {
    en: "The token is not valid.",
    fa: "توکن معتبر نیست.",
    ru: "Токен недействителен.",
  },
  "auth.signature.invalid": {
    en: "The signature of the request is not valid.",
    fa: "امضای درخواست معتبر نیست.",
    ru: "Подпись запроса недействительна.",
  },
  "auth.signature.expired": {
    en: "The signature of the request has expired.",
    fa: "امضای درخواست منقضی شده است.",
    ru: "Срок действия подписи запроса истёк.",
  },
  "auth.captcha.missing": {
    en: "Please confirm that you are not a robot.",
    fa: "لطفاً تأیید کنید که ربات نیستید.",
    ru: "Подтвердите, что вы не робот.",
  },
  "auth.captcha.invalid": {
    en: "We could not confirm that you are not a robot. Please try again.",
    fa: "تأیید اینکه ربات نیستید ناموفق بود. لطفاً دوباره تلاش کنید.",
    ru: "Не удалось подтвердить, что вы не робот. Попробуйте ещё раз.",
  },
  "auth.session.invalid": {
    en: "This step does not fit the current state of the session.",
    fa: "این مرحله با وضعیت کنونی نشست سازگار نیست.",
    ru: "Этот шаг не соответствует текущему состоянию сеанса.",
  },
  "auth.password.invalid": {
    en: "The password is wrong.",
    fa: "گذرواژه نادرست است.",
    ru: "Неверный пароль.",
  },
  "auth.otp.invalid": {
    en: "The one-time code is wrong or has expired.",
    fa: "کد یک‌بارمصرف نادرست است یا منقضی شده است.",
    ru: "Одноразовый код неверен или его срок действия истёк.",
  },
  "auth.backupcode.invalid": {
    en: "The backup code is wrong or has already been used.",
    fa: "کد پشتیبان نادرست است یا پیش‌تر استفاده شده است.",
    ru: "Резервный код неверен или уже использован.",
  },
  "auth.memorable.invalid": {
    en: "The letters of your memorable words are wrong.",
    fa: "حروف واژه‌های به‌یادماندنی شما نادرست است.",
    ru: "Буквы ваших памятных слов указаны неверно.",
  },
  "auth.controlanswer.invalid": {
    en: "The answer to the security question is wrong.",
    fa: "پاسخ پرسش امنیتی نادرست است.",
    ru: "Неверный ответ на контрольный вопрос.",
  },
  "auth.disclaimer.invalid": {
    en: "Please accept all required legal documents.",
    fa: "لطفاً همهٔ اسناد حقوقی الزامی را بپذیرید.",
    ru: "Примите все обязательные юридические документы.",
  },
  "auth.oauth.failed": {
    en: "Signing in with the external provider failed.",
    fa: "ورود از طریق سرویس‌دهندهٔ بیرونی ناموفق بود.",
    ru: "Не удалось войти через внешний сервис.",
  },
  "auth.user.restricted": {
    en: "Your profile is currently restricted.",
    fa: "نمایهٔ شما در حال حاضر محدود شده است.",
    ru: "Ваш профиль временно ограничен.",
  },
  "auth.user.closed": {
    en: "Your profile is closed.",
    fa: "نمایهٔ شما بسته شده است.",
    ru: "Ваш профиль закрыт.",
  },
  "auth.user.denied": {
    en: "The service has been denied to your profile.",
    fa: "ارائهٔ خدمات به نمایهٔ شما متوقف شده است.",
    ru: "Вашему профилю отказано в обслуживании.",
  },
  "auth.restricted": {
    en: "You are not allowed to make this request.",
    fa: "شما اجازهٔ این درخواست را ندارید.",
    ru: "Этот запрос вам не разрешён.",
  },
  "recovery.question.notset": {
    en: "This profile has no security question.",
    fa: "برای این نمایه پرسش امنیتی تعیین نشده است.",
    ru: "Для этого профиля не задан контрольный вопрос.",
  },
  "recovery.phone.notset": {
    en: "This profile has no primary phone number.",
    fa: "برای این نمایه شماره تلفن اصلی تعیین نشده است.",
    ru: "Для этого профиля не указан основной номер телефона.",
  },
  "recovery.email.notset": {
    en: "This profile has no primary email address.",
    fa: "برای این نمایه نشانی ایمیل اصلی تعیین نشده است.",
    ru: "Для этого профиля не указан основной адрес электронной почты.",
  },
  "recovery.method.restricted": {
    en: "Access cannot be recovered in this way.",
    fa: "بازیابی دسترسی از این روش ممکن نیست.",
    ru: "Восстановить доступ этим способом нельзя.",
  },
  "profile.identifier.used": {
    en: "This phone number, email address or login name is already in use.",
    fa: "این شماره تلفن، نشانی ایمیل یا نام کاربری پیش‌تر استفاده شده است.",
    ru: "Этот номер телефона, адрес электронной почты или логин уже используется.",
  },
  "profile.identifier.invalid": {
    en: "This is not a valid phone number, email address or login name.",
    fa: "این شماره تلفن، نشانی ایمیل یا نام کاربری معتبر نیست.",
    ru: "Недопустимый номер телефона, адрес электронной почты или логин.",
  },
  "oauth.identifier.used": {
    en: "This external account is already linked.",
    fa: "این حساب بیرونی پیش‌تر متصل شده است.",
    ru: "Эта внешняя учётная запись уже привязана.",
  },
  "object.limit.exceeded": {
    en: "No more of these can be added.",
    fa: "افزودن موارد بیشتر ممکن نیست.",
    ru: "Достигнуто наибольшее допустимое количество.",
  },
  "critical.auth.required": {
    en: "Please confirm this change with your password or a one-time code.",
    fa: "لطفاً این تغییر را با گذرواژه یا کد یک‌بارمصرف تأیید کنید.",
    ru: "Подтвердите это изменение паролем или одноразовым кодом.",
  },
  "member.data.invalid": {
    en: "The member data could not be confirmed.",
    fa: "اطلاعات عضویت تأیید نشد.",
    ru: "Не удалось подтвердить данные участника.",
  },
  "search.type.restricted": {
    en: "Searching for objects of this type is not allowed.",
    fa: "جست‌وجوی این نوع داده مجاز نیست.",
    ru: "Поиск объектов этого типа не разрешён.",
  },
  "auth.oauth.notfound": {
    en: "No user is linked with this external account.",
    fa: "هیچ کاربری به این حساب بیرونی متصل نیست.",
    ru: "С этой внешней учётной записью не связан ни один пользователь.",
  },
  "auth.loginid.notfound": {
    en: "There is no user with this login.",
    fa: "کاربری با این شناسهٔ ورود وجود ندارد.",
    ru: "Пользователь с таким логином не найден.",
  },
  "object.id.notfound": {
    en: "The requested object was not found.",
    fa: "مورد درخواستی یافت نشد.",
    ru: "Запрошенный объект не найден.",
  },
  "request.validation.failed": {
    en: "The request body is not a valid JSON object.",
    fa: "بدنهٔ درخواست یک شیء JSON معتبر نیست.",
    ru: "Тело запроса не является корректным объектом JSON.",
  },

  "route.notfound": {
    en: "There is no such address.",
    fa: "چنین نشانی‌ای وجود ندارد.",
    ru: "Такого адреса не существует.",
  },
  "request.method.notallowed": {
    en: "This method is not allowed here.",
    fa: "این متد در اینجا مجاز نیست.",
    ru: "Этот метод здесь не поддерживается.",
  },
  "request.body.toolarge": {
    en: "The request body is too large.",
    fa: "بدنهٔ درخواست بیش از حد بزرگ است.",
    ru: "Тело запроса слишком велико.",
  },
  "request.type.unsupported": {
    en: "The request body must be sent as application/json.",
    fa: "بدنهٔ درخواست باید به‌صورت application/json فرستاده شود.",
    ru: "Тело запроса должно передаваться как application/json.",
  },
  "request.rate.exceeded": {
    en: "Too many attempts. Please try again later.",
    fa: "تعداد تلاش‌ها بیش از حد است. لطفاً بعداً دوباره تلاش کنید.",
    ru: "Слишком много попыток. Повторите позже.",
  },
  "server.error": {
    en: "Something went wrong on our side.",
    fa: "خطایی در سرور رخ داد.",
    ru: "На сервере произошла ошибка.",
  },
  "server.unavailable": {
    en: "The service is temporarily unavailable. Please try again later.",
    fa: "سرویس موقتاً در دسترس نیست. لطفاً بعداً دوباره تلاش کنید.",
    ru: "Сервис временно недоступен. Повторите позже.",
  },
} as const satisfies Readonly<Record<string, Text>>;

/** The codes of the contract: those of the source, then the additions. */
export type ErrorCode = keyof typeof messages;

/** What is said of a field. */
export const fieldMessages = {
  required: { en: "This field is required.", fa: "این فیلد الزامی است.", ru: "Это поле обязательно." },
  notText: { en: "This must be a text.", fa: "این مقدار باید متن باشد.", ru: "Значение должно быть строкой." },
  notBoolean: {
    en: "This must be true or false.",
    fa: "این مقدار باید true یا false باشد.",
    ru: "Значение должно быть true или false.",
  },
  notObject: {
    en: "This must be an object.",
    fa: "این مقدار باید یک شیء باشد.",
    ru: "Значение должно быть объектом.",
  },
  notList: { en: "This must be a list.", fa: "این مقدار باید یک فهرست باشد.", ru: "Значение должно быть списком." },
  blank: {
    en: "This must not be empty.",
    fa: "این فیلد نباید خالی باشد.",
    ru: "Значение не должно быть пустым.",
  },
  tooLong: (maximum: number): Text => ({
    en: `This must have at most ${maximum} characters.`,
    fa: `این مقدار باید حداکثر ${maximum} نویسه داشته باشد.`,
    ru: `Максимальная длина в символах: ${maximum}.`,
  }),
  tooShort: (minimum: number): Text => ({
    en: `This must have at least ${minimum} characters.`,
    fa: `این مقدار باید حداقل ${minimum} نویسه داشته باشد.`,
    ru: `Минимальная длина в символах: ${minimum}.`,
  }),
  tooMany: (maximum: number): Text => ({
    en: `This must have at most ${maximum} items.`,
    fa: `این فهرست باید حداکثر ${maximum} مورد داشته باشد.`,
    ru: `Максимальное количество элементов: ${maximum}.`,
  }),
  tooFew: (minimum: number): Text => ({
    en: `This must have at least ${minimum} items.`,
    fa: `این فهرست باید حداقل ${minimum} مورد داشته باشد.`,
    ru: `Минимальное количество элементов: ${minimum}.`,
  }),
  tooLarge: { en: "This is too large.", fa: "این مقدار بیش از حد بزرگ است.", ru: "Значение слишком велико." },
  notAChoice: {
    en: "This is not one of the possible values.",
    fa: "این مقدار یکی از مقادیر مجاز نیست.",
    ru: "Недопустимое значение.",
  },
  notACharacter: {
    en: "This holds characters that are not allowed.",
    fa: "این مقدار نویسه‌های غیرمجاز دارد.",
    ru: "Значение содержит недопустимые символы.",
  },
  notADate: {
    en: "This must be a date in the form YYYY-MM-DD.",
    fa: "این مقدار باید تاریخی به شکل YYYY-MM-DD باشد.",
    ru: "Значение должно быть датой в формате ГГГГ-ММ-ДД.",
  },
  notAUrl: {
    en: "This must be a valid address (URL).",
    fa: "این مقدار باید یک نشانی اینترنتی معتبر باشد.",
    ru: "Значение должно быть корректным адресом (URL).",
  },
  oneOfTwo: {
    en: "Send either a code or a backup code, not both.",
    fa: "یا کد یک‌بارمصرف را بفرستید یا کد پشتیبان را، نه هر دو.",
    ru: "Передайте либо код, либо резервный код, но не оба.",
  },
  notLetters: {
    en: "This must name one letter for each position.",
    fa: "برای هر جایگاه باید یک حرف نوشته شود.",
    ru: "Для каждой позиции нужно указать одну букву.",
  },
  notAWord: {
    en: "Each word must have 8 to 30 letters.",
    fa: "هر واژه باید ۸ تا ۳۰ حرف داشته باشد.",
    ru: "В каждом слове должно быть от 8 до 30 букв.",
  },
  selfEvident: {
    en: "This answer is too easy to guess.",
    fa: "حدس زدن این پاسخ بسیار آسان است.",
    ru: "Этот ответ слишком легко угадать.",
  },
  noCodeAddress: {
    en: "Add a phone number or an email address and confirm it first.",
    fa: "ابتدا یک شماره تلفن یا ایمیل اضافه و تأیید کنید.",
    ru: "Сначала добавьте и подтвердите номер телефона или адрес электронной почты.",
  },
  passwordTooShort: (minimum: number): Text => ({
    en: `The password must have at least ${minimum} characters.`,
    fa: `گذرواژه باید حداقل ${minimum} نویسه داشته باشد.`,
    ru: `Минимальная длина пароля в символах: ${minimum}.`,
  }),
  passwordTooCommon: {
    en: "This password is too common.",
    fa: "این گذرواژه بسیار رایج است.",
    ru: "Этот пароль слишком распространён.",
  },
  passwordNumeric: {
    en: "The password must not consist of digits only.",
    fa: "گذرواژه نباید فقط از رقم تشکیل شده باشد.",
    ru: "Пароль не должен состоять только из цифр.",
  },
  passwordLacksClass: {
    en: "The password must mix upper case, lower case, digits and other characters.",
    fa: "گذرواژه باید ترکیبی از حروف بزرگ و کوچک، رقم و نویسه‌های دیگر باشد.",
    ru: "Пароль должен содержать заглавные и строчные буквы, цифры и другие символы.",
  },
  passwordTooSimilar: {
    en: "The password is too similar to your own data.",
    fa: "گذرواژه بیش از حد به اطلاعات خود شما شبیه است.",
    ru: "Пароль слишком похож на ваши данные.",
  },
} as const;

/** One text for each rule that a password breaks. */
export const passwordTexts = (failures: readonly PasswordFailure[]): readonly Text[] => failures.map(passwordText);

const passwordText = (failure: PasswordFailure): Text => {
  switch (failure.rule) {
    case "too-short":
      return fieldMessages.passwordTooShort(failure.minimum);
    case "too-long":
      return fieldMessages.tooLong(failure.maximum);
    case "character-class-missing":
      return fieldMessages.passwordLacksClass;
    case "too-common":
      return fieldMessages.passwordTooCommon;
    case "entirely-numeric":
      return fieldMessages.passwordNumeric;
    case "too-similar":
      return fieldMessages.passwordTooSimilar;
  }
};
