// Archives as an attacker can make them: names, modes and contents of their choice, nothing compressed.

import { crc32 } from "./crc32.mjs";

export const PLAIN = 0o100644;
export const LINK = 0o120777;

/** Rows of `{ name, data, mode }`, in that order; a name may come twice. */
export function zip(rows) {
  const [files, central] = [[], []];
  let at = 0;
  for (const { name, data, mode = PLAIN } of rows) {
    const [bytes, label] = [Buffer.from(data), Buffer.from(name)];
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(10, 0);
    shared.writeUInt32LE(crc32(bytes), 10);
    shared.writeUInt32LE(bytes.length, 14);
    shared.writeUInt32LE(bytes.length, 18);
    shared.writeUInt16LE(label.length, 22);
    const file = Buffer.concat([Buffer.from("PK\x03\x04"), shared, label, bytes]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(mode * 0x10000, 6);
    rest.writeUInt32LE(at, 10);
    // Made on Unix, so that the mode counts.
    central.push(Buffer.from("PK\x01\x02"), Buffer.from([20, 3]), shared, rest, label);
    files.push(file);
    at += file.length;
  }
  const table = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(rows.length, 4);
  end.writeUInt16LE(rows.length, 6);
  end.writeUInt32LE(table.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...files, table, Buffer.from("PK\x05\x06"), end]);
}
