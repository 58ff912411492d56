import type { Sent } from "../stage.js";

type Fields = Readonly<Record<string, string>>;

/** How the same fields can be sent. */
export const encodings: Readonly<Record<string, (fields: Fields) => Pick<Sent, "headers" | "body">>> = {
  "as JSON": (fields) => ({ headers: { "content-type": "application/json" }, body: JSON.stringify(fields) }),
  "as a form": (fields) => ({
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields).toString(),
  }),
  "as a form in UTF-8": (fields) => ({
    headers: { "content-type": "Application/x-www-form-urlencoded; charset=UTF-8" },
    body: new URLSearchParams(fields).toString(),
  }),
  "as multipart": (fields) => ({
    headers: { "content-type": "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW" },
    body: multipart("----WebKitFormBoundary7MA4YWxkTrZu0gW", fields),
  }),
  "as multipart of a short boundary": (fields) => ({
    headers: { "content-type": 'multipart/form-data; boundary="b"; charset=utf-8' },
    body: multipart("b", fields, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: binary\r\n"),
  }),
  "as a form whose fields come twice": (fields) => ({
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: [...Object.keys(fields).map((name) => `${name}=x`), new URLSearchParams(fields).toString()].join("&"),
  }),
};

/** The body of a form in parts. */
function multipart(boundary: string, fields: Fields, headers = ""): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n${headers}\r\n${value}\r\n`,
  );
  return `${parts.join("")}--${boundary}--\r\n`;
}
