//! A small seeded generator (SplitMix64): the corpus must not change when a library does.

/// A stream of numbers that depends on its seed alone.
pub(super) struct Rng(u64);

impl Rng {
    /// The stream for one purpose: `topic` and `index` give unrelated streams.
    pub(super) fn new(topic: u64, index: u64) -> Self {
        let mut rng = Self(topic.wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ index);
        let seed = rng.next();
        Self(seed ^ index.rotate_left(32))
    }

    /// The next 64 bits.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `n`, which must not be 0.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// True in `percent` of 100 cases.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of `all`.
    pub(super) fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len() as u64) as usize]
    }

    /// `n` different ones of `all`, in random order.
    pub(super) fn some<'a, T>(&mut self, all: &'a [T], n: usize) -> Vec<&'a T> {
        let mut left: Vec<&T> = all.iter().collect();
        let take = n.min(left.len());
        (0..take).map(|_| left.swap_remove(self.below(left.len() as u64) as usize)).collect()
    }

    /// `n` lower-case hexadecimal digits.
    pub(super) fn hex(&mut self, n: usize) -> String {
        (0..n).map(|_| char::from(b"0123456789abcdef"[self.below(16) as usize])).collect()
    }
}
