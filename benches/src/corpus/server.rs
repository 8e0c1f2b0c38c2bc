//! One server: its name, its releases and when they came out.

use super::rng::Rng;
use super::words::{capital, words};

/// 2025-01-01, the first day on which anything is published.
const EPOCH: u64 = 1_735_689_600;
/// Seconds of a day.
const DAY: u64 = 86_400;

/// One published version.
pub(super) struct Release {
    /// Semantic version, higher than the one before.
    pub(super) version: String,
    /// Seconds since 1970, later than the one before.
    pub(super) time: u64,
}

/// A server with all that its documents have in common.
pub(super) struct Server {
    /// Its number, which decides everything.
    pub(super) index: u64,
    /// First half of the name.
    pub(super) namespace: String,
    /// Second half of the name.
    pub(super) name: String,
    /// Name for people.
    pub(super) title: String,
    /// Account or company.
    pub(super) owner: String,
    /// What it is about.
    pub(super) topic: String,
    /// Releases, oldest first.
    pub(super) releases: Vec<Release>,
}

impl Server {
    /// Server number `index` with so many versions.
    pub(super) fn nth(index: u64, versions: usize) -> Self {
        let [topic, adjective, noun] = words(index);
        // Two of three servers share their publisher with a neighbour.
        let publisher = index / 3 * 2 + (index % 3) / 2;
        let [field, manner, place] = words(publisher + 11);
        let owner = format!("{manner}-{place}-{field}");
        let domain = if publisher.is_multiple_of(3) { "com.example" } else { "io.github" };
        Self {
            index,
            namespace: format!("{domain}.{owner}"),
            name: format!("{topic}-{adjective}-{noun}"),
            title: format!("{} {} {}", capital(&adjective), capital(&noun), capital(&topic)),
            owner,
            topic,
            releases: releases(&mut Rng::new(1, index), versions),
        }
    }

    /// The whole name.
    pub(super) fn full_name(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// The folder of version `k`, from the root of the repository.
    pub(super) fn folder(&self, k: usize) -> String {
        let version = &self.releases[k].version;
        format!("registry-data/servers/{}/{}/{version}", self.namespace, self.name)
    }

    /// When version `k` came out.
    pub(super) fn published(&self, k: usize) -> String {
        rfc3339(self.releases[k].time)
    }
}

/// Versions that rise, at times that rise; one in twenty is a release candidate.
fn releases(rng: &mut Rng, count: usize) -> Vec<Release> {
    let (mut major, mut minor, mut patch) = (rng.below(3), rng.below(9), rng.below(5));
    let mut time = EPOCH + rng.below(300 * DAY);
    let step = 50 * DAY / (count.max(1) as u64) + 3_600;
    let mut all = Vec::with_capacity(count);
    for _ in 0..count {
        let tail = if rng.chance(5) { "-rc.1" } else { "" };
        all.push(Release { version: format!("{major}.{minor}.{patch}{tail}"), time });
        match rng.below(20) {
            0..=1 => (major, minor, patch) = (major + 1, 0, 0),
            2..=8 => (minor, patch) = (minor + 1, 0),
            _ => patch += 1,
        }
        time += 600 + rng.below(step);
    }
    all
}

/// Seconds since 1970 as `YYYY-MM-DDTHH:MM:SSZ`.
pub(super) fn rfc3339(time: u64) -> String {
    let (mut days, second) = (time / DAY, time % DAY);
    let leap = |y: u64| y.is_multiple_of(4) && (!y.is_multiple_of(100) || y.is_multiple_of(400));
    let mut year = 1970;
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let february = 28 + u64::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    format!("{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{:02}Z", days + 1, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(951_826_154), "2000-02-29T12:09:14Z");
        assert_eq!(rfc3339(EPOCH - 1), "2024-12-31T23:59:59Z");
    }

    #[test]
    fn later_releases_have_later_dates_and_other_versions() {
        for server in (0..50).map(|i| Server::nth(i, 40)) {
            assert!(server.releases.windows(2).all(|w| w[0].time < w[1].time));
            assert!(server.releases.windows(2).all(|w| w[0].version != w[1].version));
        }
    }
}
