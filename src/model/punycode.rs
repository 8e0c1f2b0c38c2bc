//! Punycode (RFC 3492): the ASCII form of domain labels with other letters.
//!
//! A label that begins with `xn--` is shown to people in another form than it is compared in. So a
//! label that does not encode back to itself is refused. Which letters a registry of domains allows is
//! not checked.

use crate::text::is_invisible;

/// Start of a label whose rest is punycode.
pub const PREFIX: &str = "xn--";

// Parameters of RFC 3492, section 5.
const BASE: u32 = 36;
const TMIN: u32 = 1;
const TMAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 128;

/// Why a label in lower case that begins with [`PREFIX`] is refused, as the end of "the label … ".
pub fn fault(label: &str) -> Option<&'static str> {
    let rest = label.strip_prefix(PREFIX)?;
    match decode(rest) {
        None => Some("is not punycode"),
        Some(text) if text.is_ascii() => Some("is punycode for plain ASCII letters"),
        Some(text) if encode(&text).as_deref() != Some(rest) => {
            Some("is not the one punycode form of its letters")
        }
        Some(text) if text.to_lowercase() != text => Some("holds capital letters in punycode"),
        Some(text) if text.chars().any(is_hidden) => Some("holds a character that cannot be seen"),
        Some(_) => None,
    }
}

/// Whether `c` cannot be seen in a label. The two joiners (U+200C, U+200D) are needed in some scripts and
/// are allowed in domains (RFC 5892, appendix A); the selector of colourful emoji is not.
fn is_hidden(c: char) -> bool {
    let joins = matches!(c, '\u{200c}' | '\u{200d}');
    c.is_whitespace() || c == '\u{fe0f}' || (is_invisible(c) && !joins)
}

/// A domain or namespace with its punycode labels decoded; `None` when it has none.
pub fn decoded(name: &str) -> Option<String> {
    let plain = |label: &str| {
        let lower = label.to_ascii_lowercase();
        lower.strip_prefix(PREFIX).and_then(decode).unwrap_or_else(|| label.to_owned())
    };
    let text = name.split('.').map(plain).collect::<Vec<_>>().join(".");
    (text != name).then_some(text)
}

/// Decodes a label without its prefix; `None` if it is not punycode.
pub fn decode(rest: &str) -> Option<String> {
    if !rest.is_ascii() {
        return None;
    }
    let (plain, coded) = rest.rsplit_once('-').unwrap_or(("", rest));
    let mut text: Vec<char> = plain.chars().collect();
    let (mut n, mut at, mut bias) = (INITIAL_N, 0_u32, INITIAL_BIAS);
    let mut digits = coded.bytes();
    while digits.len() > 0 {
        let (from, mut weight, mut k) = (at, 1_u32, BASE);
        loop {
            let digit = value(digits.next()?)?;
            at = at.checked_add(digit.checked_mul(weight)?)?;
            let limit = threshold(k, bias);
            if digit < limit {
                break;
            }
            weight = weight.checked_mul(BASE - limit)?;
            k += BASE;
        }
        let length = u32::try_from(text.len()).ok()?.checked_add(1)?;
        bias = adapt(at - from, length, from == 0);
        n = n.checked_add(at / length)?;
        at %= length;
        text.insert(usize::try_from(at).ok()?, char::from_u32(n)?);
        at += 1;
    }
    Some(text.into_iter().collect())
}

/// Encodes a label, without the prefix; `None` if it is too long to be counted.
pub fn encode(text: &str) -> Option<String> {
    let mut out: String = text.chars().filter(char::is_ascii).collect();
    let plain = u32::try_from(out.len()).ok()?;
    let length = u32::try_from(text.chars().count()).ok()?;
    if plain > 0 {
        out.push('-');
    }
    let (mut n, mut delta, mut bias, mut done) = (INITIAL_N, 0_u32, INITIAL_BIAS, plain);
    while done < length {
        let next = text.chars().map(u32::from).filter(|&c| c >= n).min()?;
        delta = delta.checked_add((next - n).checked_mul(done + 1)?)?;
        n = next;
        for c in text.chars().map(u32::from) {
            if c < n {
                delta = delta.checked_add(1)?;
            } else if c == n {
                push(&mut out, delta, bias);
                bias = adapt(delta, done + 1, done == plain);
                delta = 0;
                done += 1;
            }
        }
        delta = delta.checked_add(1)?;
        n += 1;
    }
    Some(out)
}

/// Writes a number of variable length.
fn push(out: &mut String, number: u32, bias: u32) {
    let (mut rest, mut k) = (number, BASE);
    loop {
        let limit = threshold(k, bias);
        if rest < limit {
            out.push(digit(rest));
            return;
        }
        out.push(digit(limit + (rest - limit) % (BASE - limit)));
        rest = (rest - limit) / (BASE - limit);
        k += BASE;
    }
}

/// The bound below which a digit is the last of its number (RFC 3492, section 3.3).
fn threshold(k: u32, bias: u32) -> u32 {
    k.saturating_sub(bias).clamp(TMIN, TMAX)
}

/// The bias for the next number (RFC 3492, section 6.1).
fn adapt(delta: u32, length: u32, first: bool) -> u32 {
    let mut delta = if first { delta / DAMP } else { delta / 2 };
    delta += delta / length;
    let mut k = 0;
    while delta > ((BASE - TMIN) * TMAX) / 2 {
        delta /= BASE - TMIN;
        k += BASE;
    }
    k + (BASE - TMIN + 1) * delta / (delta + SKEW)
}

/// The value of a digit: letters of either case before numerals.
fn value(digit: u8) -> Option<u32> {
    match digit {
        b'a'..=b'z' => Some(u32::from(digit - b'a')),
        b'A'..=b'Z' => Some(u32::from(digit - b'A')),
        b'0'..=b'9' => Some(u32::from(digit - b'0') + 26),
        _ => None,
    }
}

/// The digit of a value below 36.
fn digit(value: u32) -> char {
    char::from_digit((value + 10) % 36, 36).unwrap_or('0')
}

#[cfg(test)]
mod tests;
