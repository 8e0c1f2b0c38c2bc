//! Words for names, and a numbering that never gives two servers the same name.

/// What servers are about.
pub(super) const TOPICS: [&str; 32] = [
    "weather",
    "calendar",
    "postgres",
    "search",
    "browser",
    "slack",
    "tickets",
    "docs",
    "metrics",
    "files",
    "images",
    "email",
    "payments",
    "maps",
    "notes",
    "shell",
    "vault",
    "translate",
    "billing",
    "logs",
    "models",
    "tests",
    "deploy",
    "graph",
    "queue",
    "secrets",
    "tables",
    "podcasts",
    "recipes",
    "travel",
    "invoices",
    "sensors",
];

/// Middle words.
const ADJECTIVES: [&str; 32] = [
    "amber", "brisk", "calm", "daily", "eager", "gentle", "hidden", "iron", "jolly", "keen",
    "lunar", "modern", "noble", "open", "prime", "quiet", "rapid", "silver", "tidy", "urban",
    "vivid", "warm", "young", "zesty", "bold", "clever", "dusty", "frosty", "golden", "humble",
    "lively", "proud",
];

/// Last words.
const NOUNS: [&str; 32] = [
    "atlas", "beacon", "cedar", "delta", "ember", "falcon", "garden", "harbor", "island", "jungle",
    "kernel", "ladder", "meadow", "nebula", "orchid", "pebble", "quartz", "river", "summit",
    "tunnel", "umbra", "valley", "willow", "yonder", "zephyr", "anchor", "bridge", "canyon",
    "dynamo", "engine", "forest", "glacier",
];

/// One for each of 32 × 32 × 32 places.
const PLACES: u64 = 1 << 15;

/// A name of its own for every number: topic, adjective, noun, and a counter once all are used up.
pub(super) fn words(number: u64) -> [String; 3] {
    // An odd factor permutes the places, so that neighbours look nothing alike.
    let place = ((number % PLACES) * 20_261 + 77) % PLACES;
    let round = number / PLACES;
    let noun = NOUNS[(place >> 10) as usize];
    let noun = if round == 0 { noun.to_string() } else { format!("{noun}{round}") };
    let adjective = ADJECTIVES[(place >> 5 & 31) as usize];
    [TOPICS[(place & 31) as usize].to_string(), adjective.to_string(), noun]
}

/// The word with a capital in front.
pub(super) fn capital(word: &str) -> String {
    let (head, rest) = word.split_at(1);
    head.to_ascii_uppercase() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_numbers_share_their_words() {
        let all: std::collections::HashSet<_> = (0..2 * PLACES + 9).map(words).collect();
        assert_eq!(all.len() as u64, 2 * PLACES + 9);
    }
}
