//! The accent colour on light and dark backgrounds, and the colour of text on top of it.
//!
//! An operator names one colour. It is mixed with black or white until it has more than the contrast that
//! WCAG 2.2 AA requires of text.

/// Backgrounds of accent-coloured text; the style sheet has the same values.
const PAPER: Rgb = Rgb(0xf3, 0xf3, 0xef);
const NIGHT: Rgb = Rgb(0x24, 0x26, 0x2a);

/// Minimum contrast of text; AA requires 4.5.
const ENOUGH: f64 = 4.8;

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rgb(u8, u8, u8);

/// Declarations for the top of the style sheet.
pub(super) fn declarations(accent: &str) -> String {
    let accent = parse(accent).unwrap_or(Rgb(0x0b, 0x6b, 0x66));
    let light = until(accent, PAPER, Rgb(0, 0, 0));
    let dark = until(accent, NIGHT, Rgb(0xff, 0xff, 0xff));
    format!(
        ":root{{--accent:light-dark({},{});--on-accent:light-dark({},{})}}\n",
        light.hex(),
        dark.hex(),
        ink_on(light).hex(),
        ink_on(dark).hex(),
    )
}

/// The accent as it is used where there is only a light form, such as the share image and badges.
pub(super) fn for_light(accent: &str) -> String {
    until(parse(accent).unwrap_or(Rgb(0x0b, 0x6b, 0x66)), Rgb(0xff, 0xff, 0xff), Rgb(0, 0, 0)).hex()
}

/// Reads `#rrggbb`.
fn parse(text: &str) -> Option<Rgb> {
    let part = |range| u8::from_str_radix(text.get(range)?, 16).ok();
    Some(Rgb(part(1..3)?, part(3..5)?, part(5..7)?))
}

/// `colour` mixed with `towards` in small steps until it can be read on `ground`.
fn until(colour: Rgb, ground: Rgb, towards: Rgb) -> Rgb {
    let mixed = (0..=20).map(|step| colour.mix(towards, f64::from(step) / 20.0));
    mixed.into_iter().find(|c| contrast(*c, ground) >= ENOUGH).unwrap_or(towards)
}

/// Returns black or white, whichever has more contrast.
fn ink_on(ground: Rgb) -> Rgb {
    let (white, black) = (Rgb(0xff, 0xff, 0xff), Rgb(0x10, 0x12, 0x14));
    if contrast(white, ground) >= contrast(black, ground) { white } else { black }
}

impl Rgb {
    fn mix(self, other: Self, share: f64) -> Self {
        let one =
            |a: u8, b: u8| (f64::from(a) * (1.0 - share) + f64::from(b) * share).round() as u8;
        Self(one(self.0, other.0), one(self.1, other.1), one(self.2, other.2))
    }

    fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// Relative luminance as WCAG defines it.
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }
}

/// Contrast ratio as WCAG defines it, from 1 to 21.
fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (a.luminance() + 0.05, b.luminance() + 0.05);
    if a > b { a / b } else { b / a }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_accent_can_be_read_on_both_grounds() {
        for accent in ["#000000", "#ffffff", "#ffee00", "#0b6b66", "#808080", "#ff0000", "#0000ff"]
        {
            let colour = parse(accent).unwrap();
            let light = until(colour, PAPER, Rgb(0, 0, 0));
            let dark = until(colour, NIGHT, Rgb(255, 255, 255));
            assert!(contrast(light, PAPER) >= 4.5 && contrast(dark, NIGHT) >= 4.5, "{accent}");
            assert!(contrast(ink_on(light), light) >= 4.5, "{accent} {light:?}");
            assert!(contrast(ink_on(dark), dark) >= 4.5, "{accent} {dark:?}");
        }
    }

    #[test]
    fn a_readable_accent_is_kept() {
        assert!(declarations("#0b6b66").starts_with(":root{--accent:light-dark(#0b6b66,"));
    }
}
