/** MD5, which the old wire signs by; it protects nothing. */

const TURNS = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
const FIRST = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];

/** Return the MD5 (RFC 1321) of text as UTF-8, in hexadecimal. */
export function md5(text: string): string {
  const bytes = new TextEncoder().encode(text), words = new Int32Array((bytes.length + 8 >> 6) + 1 << 4);
  [...bytes, 0x80].forEach((byte, at) => { words[at >> 2]! |= byte << at % 4 * 8; });
  words[words.length - 2] = bytes.length * 8;
  const state = new Int32Array(FIRST);
  for (let block = 0; block < words.length; block += 16) {
    let [a, b, c, d] = state as unknown as [number, number, number, number];
    for (let step = 0; step < 64; step++) {
      const round = step >> 4;
      const [mixed, at] = [
        [b & c | ~b & d, step], [d & b | ~d & c, 5 * step + 1], [b ^ c ^ d, 3 * step + 5], [c ^ (b | ~d), 7 * step],
      ][round] as [number, number];
      const sum = a + mixed + words[block + at % 16]! + Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32) | 0;
      const turn = TURNS[round]![step % 4]!;
      [a, d, c, b] = [d, c, b, b + (sum << turn | sum >>> 32 - turn) | 0];
    }
    [a, b, c, d].forEach((value, at) => { state[at]! += value; });
  }
  return [...new Uint8Array(state.buffer)].map(byte => byte.toString(16).padStart(2, "0")).join("");
}
