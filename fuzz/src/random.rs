//! Random numbers that a seed repeats, and damage done with them.

/// SplitMix64: small, fast, and good enough to break parsers.
pub struct Random(u64);

/// Most bytes of an input.
const MAX: usize = 16 * 1024;

/// Bytes that parsers trip over.
const ODD: &[u8] = &[0, 1, 9, 10, 13, 32, 34, 46, 47, 59, 61, 92, 0x7f, 0x80, 0xc3, 0xed, 0xff];

impl Random {
    /// Numbers that follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap_or(0)
    }

    /// One of several.
    pub fn pick<'a, T: ?Sized>(&mut self, list: &'a [&'a T]) -> &'a T {
        list[self.below(list.len())]
    }

    /// A good input with one to eight things done to it; sometimes nothing.
    pub fn damage(&mut self, seeds: &[Vec<u8>], words: &[&str]) -> Vec<u8> {
        let mut bytes = seeds[self.below(seeds.len())].clone();
        for _ in 0..self.below(9) {
            self.once(&mut bytes, seeds, words);
        }
        bytes.truncate(MAX);
        bytes
    }

    fn once(&mut self, bytes: &mut Vec<u8>, seeds: &[Vec<u8>], words: &[&str]) {
        let at = self.below(bytes.len() + 1);
        let end = (at + 1 + self.below(16)).min(bytes.len());
        match self.below(11) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            1 if at < bytes.len() => bytes[at] = ODD[self.below(ODD.len())],
            2 if at < bytes.len() => bytes[at] = (self.next() & 0xff) as u8,
            3 if at < end => drop(bytes.drain(at..end)),
            4 => bytes.truncate(at),
            5 => bytes.insert(at, ODD[self.below(ODD.len())]),
            6 if at < end => {
                // The same part again, up to many times: what is nested or counted gets deep.
                let times = 1 << self.below(8);
                let part = bytes[at..end].repeat(times);
                splice(bytes, at, at, &part);
            }
            7 => {
                let other = &seeds[self.below(seeds.len())];
                let from = self.below(other.len() + 1);
                splice(bytes, at, bytes.len(), &other[from..]);
            }
            8 if at + 4 <= bytes.len() => {
                // A length of the wire format that lies.
                let lie = [0, 1, 0x7fff_ffff, u32::MAX, 32, 64, 97][self.below(7)];
                bytes[at..at + 4].copy_from_slice(&u32::to_be_bytes(lie));
            }
            _ if !words.is_empty() => {
                let word = self.pick(words).as_bytes();
                let end = if self.below(2) == 0 { at } else { end.max(at) };
                splice(bytes, at, end, word);
            }
            _ => bytes.push(b'x'),
        }
    }
}

fn splice(bytes: &mut Vec<u8>, at: usize, end: usize, part: &[u8]) {
    let part = &part[..part.len().min(MAX)];
    bytes.splice(at..end, part.iter().copied());
    bytes.truncate(MAX);
}
