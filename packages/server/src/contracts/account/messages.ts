import type { PasswordFailure } from "#core/refusal.js";
import type { BodyFault } from "#http/wire-refusal.js";
import type { Voice } from "./language.js";

/** One message in every voice of the contract. */
export type Text = Readonly<Record<Voice, string>>;

/** English on the page. */
const english = (en: string, fa: string): Text => ({ contract: en, en, fa });
/** Persian on the page. */
const persian = (en: string, fa: string): Text => ({ contract: fa, en, fa });

/** Every text of the contract, letter for letter as in `specs/account.md`. */
export const messages = {
  validationErrors: english("There were validation errors.", "ورودی‌ها معتبر نیستند."),
  parseError: (fault: BodyFault) => english(`JSON parse error - ${fault}`, `خطا در خواندن JSON - ${fault}`),
  formParseError: (fault: BodyFault) => english(`Form parse error - ${fault}`, `خطا در خواندن فرم - ${fault}`),
  notAnObject: english("Invalid data. Expected a dictionary.", "داده نامعتبر است. یک شیء JSON لازم است."),
  notFound: english("Not found.", "یافت نشد."),
  methodNotAllowed: (method: string) => english(`Method "${method}" not allowed.`, `متد «${method}» مجاز نیست.`),
  bodyTooLarge: (limit: number) =>
    english(`Request body is larger than ${limit} bytes.`, `بدنه درخواست بزرگ‌تر از ${limit} بایت است.`),
  unsupportedMediaType: (type: string) =>
    english(`Unsupported media type "${type}" in request.`, `نوع رسانه «${type}» در درخواست پشتیبانی نمی‌شود.`),
  throttled: (seconds: number) =>
    english(
      `Request was throttled. Expected available in ${seconds} seconds.`,
      `تعداد درخواست‌ها بیش از حد مجاز است. ${seconds} ثانیه دیگر دوباره تلاش کنید.`,
    ),
  serverError: english("A server error occurred.", "خطایی در سرور رخ داد."),
  unavailable: english(
    "Service temporarily unavailable, try again later.",
    "سرویس موقتاً در دسترس نیست؛ بعداً دوباره تلاش کنید.",
  ),

  required: english("This field is required.", "این فیلد الزامی است."),
  mayNotBeNull: english("This field may not be null.", "این فیلد نمی‌تواند null باشد."),
  mayNotBeBlank: english("This field may not be blank.", "این فیلد نمی‌تواند خالی باشد."),
  notAString: english("Not a valid string.", "رشته معتبر نیست."),
  tooLong: (maximum: number) =>
    english(
      `Ensure this field has no more than ${maximum} characters.`,
      `این فیلد نباید بیشتر از ${maximum} نویسه داشته باشد.`,
    ),
  invalidEmail: english("Enter a valid email address.", "یک نشانی ایمیل معتبر وارد کنید."),
  emailTaken: english("This email is already registered.", "این ایمیل قبلاً ثبت شده است."),
  passwordTooShort: (minimum: number) =>
    english(
      `This password is too short. It must contain at least ${minimum} characters.`,
      `این گذرواژه کوتاه است. گذرواژه باید دست‌کم ${minimum} نویسه داشته باشد.`,
    ),
  passwordTooCommon: english("This password is too common.", "این گذرواژه بیش از حد رایج است."),
  passwordNumeric: english("This password is entirely numeric.", "این گذرواژه فقط از رقم تشکیل شده است."),
  passwordSimilarToEmail: english("The password is too similar to the email.", "گذرواژه بیش از حد به ایمیل شبیه است."),
  passwordSimilarToFullname: english(
    "The password is too similar to the fullname.",
    "گذرواژه بیش از حد به نام کامل شبیه است.",
  ),
  codeNotNumeric: english("enter code numeric", "کد را به‌صورت عددی وارد کنید"),
  verificationUnknown: english("Verification data not found or expired.", "اطلاعات تأیید یافت نشد یا منقضی شده است."),
  codeExpired: english("The verification code has expired.", "کد تأیید منقضی شده است."),
  codeWrong: english("code notfound", "کد یافت نشد"),
  invalidPhone: english("Enter a valid phone number.", "یک شماره تلفن معتبر وارد کنید."),
  invalidUrl: english("Enter a valid URL.", "یک نشانی اینترنتی معتبر وارد کنید."),
  invalidDate: english(
    "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
    "قالب تاریخ نادرست است. از این قالب استفاده کنید: YYYY-MM-DD.",
  ),
  invalidChoice: (value: string) => english(`"${value}" is not a valid choice.`, `«${value}» انتخاب معتبری نیست.`),
  emailUnknown: english("user not exists with this email", "کاربری با این ایمیل وجود ندارد"),
  passwordIncorrect: english("password is incorrect", "گذرواژه نادرست است"),
  cannotLogIn: english("Unable to log in with provided credentials.", "ورود با اطلاعات واردشده ممکن نیست."),
  deviceIdRequired: english("Device ID is required for guest users.", "شناسه دستگاه برای کاربران مهمان الزامی است."),
  webDeviceIdRequired: english(
    "Device ID is required for web guest users.",
    "شناسه دستگاه برای کاربران مهمان وب الزامی است.",
  ),
  oldPasswordIncorrect: english("The old password is incorrect.", "گذرواژه قبلی نادرست است."),

  tempTokenMissing: persian("The token was not sent.", "توکن ارسال نشده است"),
  tempTokenUnknown: persian("The token is invalid or has expired.", "توکن نامعتبر یا منقضی شده است"),
  tempTokenUnbound: persian("The token is invalid.", "توکن نامعتبر است"),
  userNotFound: persian("User not found.", "کاربر یافت نشد"),

  notAuthenticated: english("Authentication credentials were not provided.", "اطلاعات احراز هویت ارسال نشده است."),
  invalidToken: english("Invalid token.", "توکن نامعتبر است."),
  permissionDenied: english("You do not have permission to perform this action.", "شما اجازه انجام این کار را ندارید."),
  userGone: english("User does not exist.", "کاربر وجود ندارد."),

  codeSent: english("A verification code has been sent to this email.", "کد تأیید به این ایمیل فرستاده شد."),
  registered: english("Your email has been verified.", "ایمیل شما تأیید شد."),
  loggedIn: english("Logged in.", "وارد شدید."),
  loggedOut: english("Logged out.", "خارج شدید."),
  guestMade: english("Signed in as a new guest.", "به‌عنوان مهمان تازه وارد شدید."),
  guestBack: english("Signed in as a guest.", "به‌عنوان مهمان وارد شدید."),
  profile: english("Profile.", "نمایه."),
  profileChanged: english("Profile updated.", "نمایه به‌روز شد."),
  recoveryStarted: english(
    "If an account with this email exists, a code has been sent to it.",
    "اگر حسابی با این ایمیل وجود داشته باشد، کدی به آن فرستاده شد.",
  ),
  recoveryVerified: english("The code is right. Set a new password.", "کد درست است. گذرواژه تازه‌ای تعیین کنید."),
  passwordChanged: english("Your password has been changed.", "گذرواژه شما تغییر کرد."),
  accountDeleted: english("Your account has been deleted.", "حساب شما حذف شد."),
} as const;

/** One text for each rule that a password breaks. */
export const passwordTexts = (failures: readonly PasswordFailure[]): readonly Text[] => failures.map(passwordText);

const passwordText = (failure: PasswordFailure): Text => {
  switch (failure.rule) {
    case "too-short":
      return messages.passwordTooShort(failure.minimum);
    case "too-long":
      return messages.tooLong(failure.maximum);
    case "too-common":
    case "character-class-missing":
      // The page has no words for missing classes: no mount of this contract asks for them.
      return messages.passwordTooCommon;
    case "entirely-numeric":
      return messages.passwordNumeric;
    case "too-similar":
      return failure.to === "email" ? messages.passwordSimilarToEmail : messages.passwordSimilarToFullname;
  }
};
