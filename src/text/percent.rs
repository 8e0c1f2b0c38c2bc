//! Percent-encoding (RFC 3986, section 2).

/// Returns `text` fit for one segment of a path or one value of a query: everything but the unreserved
/// characters `A-Z a-z 0-9 - . _ ~` is written as `%XX`.
pub fn percent_encode(text: &str) -> String {
    percent_encode_except(text, b"-._~")
}

/// Returns `text` with everything but ASCII letters, digits and the bytes in `plain` as `%XX`.
pub fn percent_encode_except(text: &str, plain: &[u8]) -> String {
    let mut encoded = String::with_capacity(text.len() * 3 / 2);
    let digit = |half: u8| char::from(b"0123456789ABCDEF"[usize::from(half)]);
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || plain.contains(byte);
    let (mut at, bytes) = (0, text.as_bytes());
    while at < bytes.len() {
        // What is plain is ASCII, so no character is cut.
        let run = bytes[at..].iter().take_while(|byte| is_plain(byte)).count();
        encoded.push_str(&text[at..at + run]);
        at += run;
        while let Some(byte) = bytes.get(at).filter(|byte| !is_plain(byte)) {
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
            at += 1;
        }
    }
    encoded
}

/// Resolves percent escapes, and `+` to a space in a `form` (a query string).
///
/// Returns `None` when an escape is broken. Bytes that are not UTF-8 become U+FFFD.
pub fn percent_decode(text: &str, form: bool) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let (high, low) = (rest.next()?, rest.next()?);
                bytes.extend(super::from_hex(&[high, low])?);
            }
            b'+' if form => bytes.push(b' '),
            byte => bytes.push(byte),
        }
    }
    Some(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(wrong) => String::from_utf8_lossy(wrong.as_bytes()).into_owned(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_are_resolved() {
        for (text, form, decoded) in [
            ("a+b%2Bc", true, Some("a b+c")),
            ("a+b%2Bc", false, Some("a+b+c")),
            ("%C3%A9%e5%A4%a9", false, Some("é天")),
            ("%ff", false, Some("\u{fffd}")),
            ("é", false, Some("é")),
            ("%", false, None),
            ("%4", false, None),
            ("%4g", false, None),
            ("%é", false, None),
            ("%+1", false, None),
        ] {
            assert_eq!(percent_decode(text, form).as_deref(), decoded, "{text}");
        }
    }

    #[test]
    fn plain_bytes_are_not_escaped() {
        assert_eq!(percent_encode("a/b c~é+"), "a%2Fb%20c~%C3%A9%2B");
        assert_eq!(percent_encode_except("a b/c+d@é", b"/-._+@"), "a%20b/c+d@%C3%A9");
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(text in any::<String>(), form in any::<bool>()) {
            prop_assert_eq!(percent_decode(&percent_encode(&text), form), Some(text));
        }
    }
}
