//! Hexadecimal.

/// Returns `bytes` as lower-case hexadecimal digits.
pub fn to_hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Reads pairs of hexadecimal digits in either case. `None` when a digit is left over and for any other
/// character.
pub fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let pairs = text.chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    });
    pairs.collect()
}

/// Whether `text` is exactly `length` hexadecimal digits in either case.
pub fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Whether `text` is exactly `length` hexadecimal digits in lower case.
pub fn is_lower_hex(text: &str, length: usize) -> bool {
    is_hex(text, length) && !text.bytes().any(|b| b.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        let text = to_hex(&bytes);
        assert!(text.starts_with("000102") && text.ends_with("fdfeff"));
        assert_eq!(from_hex(text.as_bytes()), Some(bytes.clone()));
        assert_eq!(from_hex(text.to_uppercase().as_bytes()), Some(bytes));
        for broken in ["0", "0g", "é0", "+1", " 1"] {
            assert_eq!(from_hex(broken.as_bytes()), None, "{broken}");
        }
        assert!(is_hex("0aF", 3) && !is_hex("0aF", 4) && !is_hex("0ag", 3));
    }
}
