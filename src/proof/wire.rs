//! The SSH wire format (RFC 4251, section 5): texts with a length in front, and big integers.
//!
//! Public keys, signatures and private key files of OpenSSH consist of it. The reader refuses lengths that go
//! beyond the input and integers that are not in their shortest form, and never allocates by a stated length.

/// Takes fields off the front of a byte string.
#[derive(Debug, Clone, Copy)]
pub(super) struct WireReader<'a>(pub(super) &'a [u8]);

impl<'a> WireReader<'a> {
    /// Takes the next `count` bytes; `None` when there are fewer.
    pub(super) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    /// Takes a 32-bit number, big end first.
    pub(super) fn number(&mut self) -> Option<u32> {
        self.bytes(4).and_then(|b| b.try_into().ok()).map(u32::from_be_bytes)
    }

    /// Takes a length and as many bytes.
    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        self.bytes(length)
    }

    /// Takes a positive integer of at most `N` bytes in its shortest form, filled up with zeros in front.
    pub(super) fn integer<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = match self.string()? {
            // A zero in front only keeps the next byte from being read as a sign.
            [0, rest @ ..] if rest.first().is_some_and(|b| *b >= 0x80) => rest,
            bytes @ [1..=0x7f, ..] => bytes,
            _ => return None,
        };
        let mut whole = [0; N];
        whole.get_mut(N.checked_sub(bytes.len())?..)?.copy_from_slice(bytes);
        Some(whole)
    }

    /// Whether everything was taken.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Appends a length and the bytes.
pub(super) fn put_string(out: &mut Vec<u8>, bytes: &[u8]) {
    // Keys, digests and words, never near four gigabytes.
    out.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend(bytes);
}

/// Appends a positive integer in its shortest form.
pub(super) fn put_integer(out: &mut Vec<u8>, bytes: &[u8]) {
    let first = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len());
    let mut short = Vec::with_capacity(bytes.len() + 1);
    if bytes.get(first).is_some_and(|b| *b >= 0x80) {
        short.push(0);
    }
    short.extend(&bytes[first..]);
    put_string(out, &short);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_go_round_and_have_one_form() {
        for number in [[0, 0, 1], [0, 0, 0x80], [0x7f, 0, 0], [0xff, 1, 0]] {
            let mut out = Vec::new();
            put_integer(&mut out, &number);
            assert_eq!(WireReader(&out).integer::<3>(), Some(number), "{out:?}");
        }
        for wrong in [&[0, 0, 0, 0][..], &[0, 0, 0, 1, 0], &[0, 0, 0, 2, 0, 1], &[0, 0, 0, 1, 0x80]]
        {
            assert_eq!(WireReader(wrong).integer::<3>(), None, "{wrong:?}");
        }
        assert_eq!(WireReader(&[0, 0, 0, 4, 1, 0, 0, 0]).integer::<3>(), None, "too long");
    }

    #[test]
    fn a_length_beyond_the_end_is_refused() {
        assert_eq!(WireReader(&[0, 0, 0, 2, 1]).string(), None);
        assert_eq!(WireReader(&[0xff; 4]).string(), None);
        assert_eq!(WireReader(&[0, 0]).string(), None);
    }
}
