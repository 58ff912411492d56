import { jsonFor } from "./drafts.js";
import { fieldRows, type Row } from "./row.js";

const path = "/guest/";
const noDevices: Readonly<Record<string, unknown>> = {
  "the device is absent": undefined,
  "the device is null": null,
  "the device is empty": "",
  "the device is of blanks": " \t\u3000",
  "the device is true": true,
  "the device is an object": { $ne: "" },
  "the device is a list": ["device"],
  "the device is a list of 10,000": Array.from({ length: 10_000 }, () => "1"),
  "the device is a number that is not kept": 2 ** 60,
  "the device has 256 characters": "d".repeat(256),
  "the device has 60,000 characters": "d".repeat(60_000),
};

export const guestRows: readonly Row[] = fieldRows(
  "guest",
  "device_id",
  "Device ID is required for guest users.",
)({
  ...Object.fromEntries(
    Object.entries(noDevices).map(([when, value]): [string, Row["send"]] => [
      when,
      (stage) => jsonFor(stage, "guest", { device_id: value }),
    ]),
  ),
  "the body is empty": { path, method: "POST" },
  "the object is empty": { path, json: {} },
  "the field is in capitals": { path, json: { DEVICE_ID: "x" } },
  "the device stands in the query": { path: `${path}?device_id=x`, json: {} },
  "the device is a file": {
    path,
    headers: { "content-type": "multipart/form-data; boundary=cut" },
    body: '--cut\r\nContent-Disposition: form-data; name="device_id"; filename="x"\r\n\r\nx\r\n--cut--\r\n',
  },
});
