import { crc32, deflateRawSync } from "node:zlib";

export interface ZipEntry {
  /** With `/`, no leading slash. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** 1 January 1980, the first day that the format knows: no clock gets into a package. */
const DOS_DATE = 0x0021;
/** A regular file that everyone may read: Lambda refuses to load what its user cannot read. */
const UNIX_MODE = (0o100644 << 16) >>> 0;
const MADE_BY_UNIX = (3 << 8) | 20;
const UTF8_NAMES = 0x0800;

/**
 * A zip archive whose bytes depend on nothing but names and contents: sorted, one date, one mode. The same input makes
 * the same archive with the same version of Node (zlib may compress differently in another).
 * Source: PKWARE APPNOTE.TXT 6.3.10, 4.3.7, 4.3.12 and 4.3.16
 */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, bytes } of [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const name = Buffer.from(path, "utf8");
    const body = deflateRawSync(bytes, { level: 9 });
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(UTF8_NAMES, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt16LE(0, 6);
    common.writeUInt16LE(DOS_DATE, 8);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(body.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    parts.push(signed(0x04034b50), common, name, body);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(UNIX_MODE, 6);
    rest.writeUInt32LE(offset, 10);
    const madeBy = Buffer.alloc(2);
    madeBy.writeUInt16LE(MADE_BY_UNIX, 0);
    directory.push(signed(0x02014b50), madeBy, common, rest, name);
    offset += 30 + name.length + body.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(index.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, index, signed(0x06054b50), end]);
}

function signed(signature: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(signature, 0);
  return bytes;
}
