import type { PageLanguage } from "../hosted/layout.js";

/** What the hosted sign-in page says, in one language. */
export interface MobileWords {
  readonly signIn: string;
  readonly signInIntro: string;
  readonly email: string;
  readonly password: string;
  readonly submit: string;
  readonly otherWays: string;
  continueWith(provider: string): string;
  readonly cancel: string;
  readonly problem: string;
  errorTitle(title: string): string;

  readonly enterCode: string;
  codeIntro(provider: string, email: string): string;
  readonly code: string;
  readonly codeHint: string;
  readonly submitCode: string;

  readonly cannotSignIn: string;
  readonly emailMissing: string;
  readonly passwordMissing: string;
  readonly codeMissing: string;
  readonly credentialsWrong: string;
  readonly accountInactive: string;
  providerFailed(provider: string): string;
  readonly codeWrong: string;
  readonly codeDead: string;
  sendingLimited(seconds: number): string;
  readonly changedMeanwhile: string;
  readonly handoffOver: string;
  readonly requestRefused: string;
  readonly formRefused: string;
  readonly tooMany: string;
  readonly busy: string;
  readonly fault: string;
}

export const mobileWords: Readonly<Record<PageLanguage, MobileWords>> = {
  en: {
    signIn: "Sign in",
    signInIntro: "Once you have signed in, you are taken back to your app.",
    email: "E-mail address",
    password: "Password",
    submit: "Sign in",
    otherWays: "Other ways to sign in",
    continueWith: (provider) => `Continue with ${provider}`,
    cancel: "Cancel and go back to the app",
    problem: "There is a problem",
    errorTitle: (title) => `Error: ${title}`,

    enterCode: "Is this account yours?",
    codeIntro: (provider, email) =>
      `There is an account with the address ${email}. To sign in to it with ${provider} from now on, enter the code that we have just sent to this address.`,
    code: "Code from the e-mail",
    codeHint: "Six digits, good for five minutes.",
    submitCode: "Confirm and sign in",

    cannotSignIn: "You cannot sign in here",
    emailMissing: "Enter your e-mail address.",
    passwordMissing: "Enter your password.",
    codeMissing: "Enter the six digits of the code.",
    credentialsWrong:
      "The e-mail address or the password is wrong, or this account cannot sign in with a password now.",
    accountInactive: "This account cannot sign in.",
    providerFailed: (provider) => `Signing in with ${provider} did not work. Try again, or choose another way.`,
    codeWrong: "This code is not right.",
    codeDead: "This code does not work any more. Sign in again to get another one.",
    sendingLimited: (seconds) =>
      `We have sent a code to this address already, or too many of them. Try again in ${String(seconds)} seconds.`,
    changedMeanwhile: "Your account has changed meanwhile. Please sign in again.",
    handoffOver: "This sign-in is over, or was begun in another browser. Go back to the app and begin again.",
    requestRefused: "The app that sent you here has asked for something that this server does not allow.",
    formRefused: "This form was not sent from our own page.",
    tooMany: "Too many tries. Please wait a moment.",
    busy: "The service is busy. Please try again in a moment.",
    fault: "Something went wrong on our side.",
  },
  fa: {
    signIn: "ورود",
    signInIntro: "پس از ورود، به برنامه خود بازمی‌گردید.",
    email: "نشانی ایمیل",
    password: "گذرواژه",
    submit: "ورود",
    otherWays: "راه‌های دیگر ورود",
    continueWith: (provider) => `ادامه با ${provider}`,
    cancel: "انصراف و بازگشت به برنامه",
    problem: "مشکلی پیش آمد",
    errorTitle: (title) => `خطا: ${title}`,

    enterCode: "این حساب از آنِ شماست؟",
    codeIntro: (provider, email) =>
      `حسابی با نشانی ${email} وجود دارد. برای اینکه از این پس با ${provider} وارد آن شوید، کدی را که هم‌اکنون به این نشانی فرستادیم وارد کنید.`,
    code: "کد ارسال‌شده با ایمیل",
    codeHint: "شش رقم؛ تا پنج دقیقه معتبر است.",
    submitCode: "تأیید و ورود",

    cannotSignIn: "ورود از اینجا ممکن نیست",
    emailMissing: "نشانی ایمیل خود را وارد کنید.",
    passwordMissing: "گذرواژه خود را وارد کنید.",
    codeMissing: "شش رقم کد را وارد کنید.",
    credentialsWrong: "نشانی ایمیل یا گذرواژه نادرست است، یا این حساب اکنون نمی‌تواند با گذرواژه وارد شود.",
    accountInactive: "ورود با این حساب ممکن نیست.",
    providerFailed: (provider) => `ورود با ${provider} انجام نشد. دوباره تلاش کنید یا راه دیگری برگزینید.`,
    codeWrong: "این کد درست نیست.",
    codeDead: "این کد دیگر معتبر نیست. برای دریافت کد تازه دوباره وارد شوید.",
    sendingLimited: (seconds) =>
      `پیش‌تر کدی به این نشانی فرستاده‌ایم، یا شمار کدها بیش از حد مجاز است. ${seconds.toLocaleString("fa")} ثانیه دیگر دوباره تلاش کنید.`,
    changedMeanwhile: "حساب شما در این میان تغییر کرده است. لطفاً دوباره وارد شوید.",
    handoffOver: "زمان این ورود به پایان رسیده یا در مرورگر دیگری آغاز شده است. به برنامه بازگردید و از نو آغاز کنید.",
    requestRefused: "برنامه‌ای که شما را به اینجا فرستاده چیزی خواسته است که این سرور اجازه نمی‌دهد.",
    formRefused: "این فرم از صفحه خود ما فرستاده نشده است.",
    tooMany: "شمار تلاش‌ها بیش از حد است. لطفاً کمی صبر کنید.",
    busy: "سرویس شلوغ است. لطفاً کمی دیگر دوباره تلاش کنید.",
    fault: "خطایی در سوی ما رخ داد.",
  },
};
