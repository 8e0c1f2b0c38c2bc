//! Packs a text as copies from texts that the reader has.
//!
//! These are the dictionary that is a part of the script, the texts of the page, and what was unpacked so
//! far. `site/install.js` reads all this back; it compares [`Packer::check`] first, since operators may
//! replace templates.

use std::ops::Range;

/// Ends each field of a text that is packed. No text of an install has this character.
pub(super) const END: char = '\u{1}';

/// Announce a copy: from the place of the shared dictionary, or from how far back, or from [`PLACES`] and so
/// far back, that two digits say; then comes its length.
const MARKS: [char; 3] = ['^', '~', '\\'];
/// Makes the next character one that means nothing.
const ESCAPE: char = '~';
/// Stands for [`END`].
const END_SIGN: char = '|';
/// Stands for a quotation mark, which an attribute would hold as six characters.
const QUOTE_SIGN: char = '`';
/// The characters that mean something; after `~` they are themselves.
const SIGNS: &str = "~^\\|`";
/// Digits: the printable characters that HTML need not escape and that mean nothing.
const DIGITS: &[u8; BASE] =
    b"!#$%()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]_abcdefghijklmnopqrstuvwxyz{}";
const BASE: usize = 84;
/// What two digits can name.
const PLACES: usize = BASE * BASE;
/// Shortest copy.
const SHORTEST: usize = 6;
/// A copy that is this much longer has two more digits for its length.
const LONG: usize = BASE - 1;
/// Half of the longest copy: one is found in two directions.
const HALF: usize = (SHORTEST + LONG + PLACES - 1) / 2;
/// Length from which a part of the dictionary need not be in it twice.
const KNOWN: usize = 20;
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
        Self { text: Vec::new(), seen: vec![[0; 4]; 1 << 12], indexed: 0 }
    }

    /// The dictionary of what is new in `text`, as far as it fits.
    pub(super) fn of(text: &str) -> Self {
        let mut it = Self::empty();
        let mut rest = text.as_bytes();
        while let Some((first, next)) = rest.split_first().filter(|_| it.text.len() < PLACES) {
            let copies = it.find(rest).map(|from| common(&it.text[from..], rest));
            match copies.max().filter(|length| *length >= KNOWN) {
                Some(length) => rest = &rest[length..],
                None => {
                    it.text.push(*first);
                    it.index(it.text.len());
                    rest = next;
                }
            }
        }
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
        while at + 8 <= self.page.text.len() {
            let Some((is_shared, from, length)) = self.best(at) else {
                at += 1;
                self.page.index(at);
                continue;
            };
            let source = if is_shared { &self.shared.text } else { &self.page.text };
            let pairs = source[..from].iter().rev().zip(self.page.text[new..at].iter().rev());
            let before = pairs.take(HALF).take_while(|(one, other)| one == other).count();
            self.push_new(new..at - before, packed);
            let (place, far) = match is_shared {
                true => (from - before, 0),
                false => ((at - from) % PLACES, 1 + (at - from) / PLACES),
            };
            packed.push(MARKS[far]);
            push_digits(packed, place, 2);
            let more = length + before - SHORTEST;
            push_digits(packed, more.min(LONG), 1);
            if more >= LONG {
                push_digits(packed, more - LONG, 2);
            }
            self.page.index(at + FRESH.min(length));
            at += length;
            (self.page.indexed, new) = (at, at);
        }
        self.push_new(new..self.page.text.len(), packed);
    }

    /// The longest copy for the text at `at`: whether its source is shared, where it begins, and how long
    /// it is.
    fn best(&self, at: usize) -> Option<(bool, usize, usize)> {
        let text = &self.page.text;
        let wanted = &text[at..text.len().min(at + HALF)];
        let copy = |is_shared, source: &[u8], from: usize| {
            (is_shared, from, common(&source[from..], wanted))
        };
        let near = self.page.find(wanted).filter(|from| at - from < 2 * PLACES);
        // A copy may be longer than it is far back: then it repeats what it has copied.
        let near = near.map(|from| copy(false, text, from));
        let shared = self.shared.find(wanted).map(|from| copy(true, &self.shared.text, from));
        let copies = near.chain(shared).filter(|(.., length)| *length >= SHORTEST);
        copies.max_by_key(|(.., length)| *length)
    }

    fn push_new(&self, new: Range<usize>, packed: &mut String) {
        for &byte in &self.page.text[new] {
            match char::from(byte) {
                END => packed.push(END_SIGN),
                '"' => packed.push(QUOTE_SIGN),
                sign if SIGNS.contains(sign) => packed.extend([ESCAPE, sign]),
                plain => packed.push(plain),
            }
        }
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
            if c == ESCAPE && rest.peek().is_some_and(|c| SIGNS.contains(*c)) {
                piece = rest.next().unwrap().to_string();
            } else if MARKS.contains(&c) {
                let mut take = |count| {
                    (0..count).fold(0, |sum, _| {
                        let digit = rest.next().unwrap();
                        sum * BASE + DIGITS.iter().position(|it| char::from(*it) == digit).unwrap()
                    })
                };
                let place = take(2);
                let from = match MARKS.iter().position(|mark| *mark == c).unwrap() {
                    0 => place,
                    far => window.len() - place - (far - 1) * PLACES,
                };
                let mut length = take(1);
                if length == LONG {
                    length += take(2);
                }
                piece.clear();
                for at in from..from + length + SHORTEST {
                    let next = char::from(*window.as_bytes().get(at).unwrap());
                    window.push(next);
                    piece.push(next);
                }
                text += &piece;
                continue;
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
            words in prop::collection::vec("[a-e~^|`\\\\\"é\u{1f600}\n\u{1}]{0,20}", 1..20),
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
        assert!(packed([], &"~".repeat(9_000)).len() < 40);
        let long: String = (0..HALF / 2).map(|i| i.to_string()).collect();
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
