//! Packs a text as copies from texts that the reader has.
//!
//! These are the dictionary that is a part of the script, the texts of the page, and what was unpacked so
//! far. `site/install.js` reads all this back; it compares [`Packer::check`] first, since operators may
//! replace templates.

use std::collections::BTreeSet;
use std::ops::Range;

use super::more::END;

/// Announce a copy from near by and from far away: how far, in two digits or three, then the length.
const MARKS: [char; 2] = ['~', '^'];
/// Stands for [`END`].
const END_SIGN: char = '|';
/// Stands for a quotation mark, which an attribute would hold as six characters.
const QUOTE_SIGN: char = '`';
/// The characters that mean something; after `~` they are themselves.
const SIGNS: &str = "~^|`";
/// Digits: the printable characters that HTML need not escape and that mean nothing.
const DIGITS: &[u8; BASE] =
    b"!#$%()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]_abcdefghijklmnopqrstuvwxyz{}";
const BASE: usize = 85;
/// Copies from nearer than this are near.
const NEAR: usize = BASE * BASE;
/// Shortest copy.
const SHORTEST: usize = 6;
/// A copy that is this much longer has two more digits for its length.
const LONG: usize = BASE - 1;
/// Half of the longest copy: one is found in two directions.
const HALF: usize = (SHORTEST + LONG + BASE * BASE - 1) / 2;
/// Bytes at the start of a copy that are worth finding again; the others are where they are copied from.
const FRESH: usize = 8;

/// Texts to copy from, in ASCII: other characters are left out.
#[derive(Debug)]
pub(super) struct Dictionary {
    text: Vec<u8>,
    /// Hash of [`SHORTEST`] bytes → where they were seen last, plus 1.
    seen: Vec<[u32; 4]>,
    /// Number of bytes that `seen` covers.
    indexed: usize,
}

impl Dictionary {
    /// An empty one, for a few thousand bytes.
    fn empty() -> Self {
        Self { text: Vec::new(), seen: vec![[0; 4]; 1 << 10], indexed: 0 }
    }

    /// The dictionary of these texts, without the lines that were there before.
    pub(super) fn of_lines<'t>(lines: impl Iterator<Item = &'t str>) -> Self {
        let mut known = BTreeSet::new();
        let mut it = Self { seen: vec![[0; 4]; 1 << 12], ..Self::empty() };
        lines.filter(|line| known.insert(*line)).for_each(|line| it.add(line));
        it
    }

    /// The text so far.
    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text).unwrap_or_default()
    }

    /// Adds a text.
    fn add(&mut self, text: &str) {
        self.text.extend(text.bytes().filter(u8::is_ascii));
        self.index(self.text.len());
    }

    /// Remembers what is before `end`.
    fn index(&mut self, end: usize) {
        while self.indexed < end && self.indexed + 8 <= self.text.len() {
            let hash = hash(&self.text[self.indexed..], self.seen.len());
            self.indexed += 1;
            let [a, b, c, _] = self.seen[hash];
            self.seen[hash] = [self.indexed as u32, a, b, c];
        }
    }

    /// Where the text may be that begins like `wanted`.
    fn find(&self, wanted: &[u8]) -> impl Iterator<Item = usize> {
        let found = self.seen[hash(wanted, self.seen.len())];
        found.into_iter().filter_map(|at| (at as usize).checked_sub(1))
    }
}

/// Packs a text with the shared dictionary, the texts of a page, and the beginning of the text itself.
#[derive(Debug)]
pub(super) struct Packer<'a> {
    shared: &'a Dictionary,
    page: Dictionary,
}

impl<'a> Packer<'a> {
    pub(super) fn new(shared: &'a Dictionary) -> Self {
        Self { shared, page: Dictionary::empty() }
    }

    /// Adds a text of the page.
    pub(super) fn add(&mut self, text: &str) {
        self.page.add(text);
    }

    /// A number that differs for other texts of the page, as a rule.
    pub(super) fn check(&self) -> String {
        let step = |sum: u32, four: &[u8]| {
            let word = four.iter().rev().fold(0, |word, byte| (word << 8) | u32::from(*byte));
            (sum ^ word).wrapping_mul(0x0100_0193)
        };
        format!("{:x}", self.page.text.chunks(4).fold(0x811c_9dc5, step))
    }

    /// Writes `text` as new characters and copies.
    pub(super) fn pack(mut self, text: &str) -> String {
        let mut packed = String::with_capacity(text.len() / 8);
        for part in text.split_inclusive(|c: char| !c.is_ascii()) {
            let plain = part.trim_end_matches(|c: char| !c.is_ascii());
            self.pack_plain(plain, &mut packed);
            packed.push_str(&part[plain.len()..]);
        }
        packed
    }

    fn pack_plain(&mut self, text: &str, packed: &mut String) {
        let (mut at, mut new) = (self.page.text.len(), self.page.text.len());
        self.page.text.extend_from_slice(text.as_bytes());
        while let Some((distance, length)) = self.best(at) {
            if length == 0 {
                at += 1;
                self.page.index(at);
                continue;
            }
            let before = self.before(at, distance).min(at - new);
            at -= before;
            self.push_new(new..at, packed);
            push_copy(packed, distance, length + before);
            at += length + before;
            self.page.index((at - length + FRESH).min(at));
            self.page.indexed = at;
            new = at;
        }
        self.push_new(new..self.page.text.len(), packed);
    }

    /// The copy that saves most at `at`: how far away it is, and how long; 0 when none saves anything.
    /// `None` near the end.
    fn best(&self, at: usize) -> Option<(usize, usize)> {
        let (old, wanted) = self.page.text.split_at(at);
        (wanted.len() >= 8).then_some(())?;
        let near = self.page.find(wanted).map(|from| (at - from, common(&old[from..], wanted)));
        let shared = &self.shared.text;
        let far = self.shared.find(wanted).map(|from| {
            (at + shared.len() - from, common(&shared[from..], wanted))
        });
        let copies = near.chain(far).filter(|(_, length)| *length >= SHORTEST);
        let saved = |(distance, length): &(usize, usize)| {
            length - usize::from(*distance >= NEAR) - 2 * usize::from(*length >= SHORTEST + LONG)
        };
        let best = copies.max_by_key(saved).unwrap_or_default();
        Some((best.0, best.1.min(HALF)))
    }

    /// How many bytes before `at` are a part of the copy from `distance` away.
    fn before(&self, at: usize, distance: usize) -> usize {
        let shared = self.shared.text.len();
        let byte = |back: usize| {
            let from = (at + shared).checked_sub(distance + back)?;
            // A copy is from one of the two.
            if distance > at {
                self.shared.text.get(from)
            } else {
                from.checked_sub(shared).map(|from| &self.page.text[from])
            }
        };
        let same = |back: &usize| byte(*back).is_some_and(|it| *it == self.page.text[at - back]);
        (1..=at.min(HALF)).take_while(same).count()
    }

    fn push_new(&self, new: Range<usize>, packed: &mut String) {
        for &byte in &self.page.text[new] {
            match char::from(byte) {
                END => packed.push(END_SIGN),
                '"' => packed.push(QUOTE_SIGN),
                sign if SIGNS.contains(sign) => packed.extend([MARKS[0], sign]),
                plain => packed.push(plain),
            }
        }
    }
}

fn push_copy(packed: &mut String, distance: usize, length: usize) {
    let is_far = distance >= NEAR;
    packed.push(MARKS[usize::from(is_far)]);
    push_digits(packed, distance, 2 + usize::from(is_far));
    let more = length - SHORTEST;
    push_digits(packed, more.min(LONG), 1);
    if more >= LONG {
        push_digits(packed, more - LONG, 2);
    }
}

fn push_digits(packed: &mut String, number: usize, count: usize) {
    let digit = |place: u32| char::from(DIGITS[number / BASE.pow(place) % BASE]);
    packed.extend((0..count as u32).rev().map(digit));
}

/// Hash of the first bytes of `text`, of which there are eight.
fn hash(text: &[u8], size: usize) -> usize {
    let word = text.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes)) << 16;
    (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize % size
}

/// Length of the beginning that both have.
fn common(one: &[u8], other: &[u8]) -> usize {
    let chunks = one.chunks_exact(16).zip(other.chunks_exact(16));
    let whole = 16 * chunks.take_while(|(one, other)| one == other).count();
    let rest = one[whole..].iter().zip(&other[whole..]);
    whole + rest.take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a packed text back, as the script does.
    fn unpack(mut window: String, packed: &str) -> String {
        let mut text = String::new();
        let mut rest = packed.chars().peekable();
        while let Some(c) = rest.next() {
            let mut piece = c.to_string();
            if c == MARKS[0] && rest.peek().is_some_and(|c| SIGNS.contains(*c)) {
                piece = rest.next().unwrap().to_string();
            } else if MARKS.contains(&c) {
                let mut take = |count| {
                    (0..count).fold(0, |sum, _| {
                        let digit = rest.next().unwrap();
                        sum * BASE + DIGITS.iter().position(|it| char::from(*it) == digit).unwrap()
                    })
                };
                let from = window.len() - take(if c == MARKS[0] { 2 } else { 3 });
                let mut length = take(1);
                if length == LONG {
                    length += take(2);
                }
                piece = window[from..from + length + SHORTEST].to_owned();
            } else if c == END_SIGN {
                piece = END.to_string();
            } else if c == QUOTE_SIGN {
                piece = '"'.to_string();
            }
            window.extend(piece.chars().filter(char::is_ascii));
            text += &piece;
        }
        text
    }

    /// Packs `text` on a page with these texts, and reads it back.
    fn packed<'a>(page: impl IntoIterator<Item = &'a str>, text: &str) -> String {
        let shared = super::super::more::shared();
        let mut packer = Packer::new(&shared);
        page.into_iter().for_each(|text| packer.add(text));
        let window = shared.as_str().to_owned() + packer.page.as_str();
        let packed = packer.pack(text);
        assert_eq!(unpack(window, &packed), text);
        packed
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn what_is_packed_is_read_back(
            words in prop::collection::vec("[a-e~^|`\"é\u{1f600}\n\u{1}]{0,20}", 1..20),
            order in prop::collection::vec(0_usize..40, 0..40),
        ) {
            let text: String = order.iter().map(|at| words[at % words.len()].as_str()).collect();
            packed(words.iter().map(String::as_str), &text);
        }
    }

    #[test]
    fn a_text_that_is_known_is_one_copy() {
        let text = "{\n  \"mcpServers\": {\n    \"weather\": {}\n  }\n}";
        assert_eq!(packed([text], text).len(), 4);
        let twice = packed([], &"weather and tides, ".repeat(2));
        assert!(twice.len() < 19 + 6, "{twice}");
        let long: String = (0..HALF).map(|i| i.to_string()).collect();
        assert!(packed([&*long], &long).len() < 100);
    }

    #[test]
    fn a_page_with_other_texts_has_another_check() {
        let shared = super::super::more::shared();
        let mut packer = Packer::new(&shared);
        let before = packer.check();
        packer.add("a");
        assert_ne!(packer.check(), before);
    }
}
