/** One thing that the doctor looked at. `told`: no judgement, only what is in force. */
export interface Finding {
  readonly check: string;
  readonly verdict: "ok" | "told" | "warning" | "wrong";
  readonly detail: string;
}

export const ok = (check: string, detail: string): Finding => ({ check, detail, verdict: "ok" });
export const told = (check: string, detail: string): Finding => ({ check, detail, verdict: "told" });
export const warning = (check: string, detail: string): Finding => ({ check, detail, verdict: "warning" });
export const wrong = (check: string, detail: string): Finding => ({ check, detail, verdict: "wrong" });
