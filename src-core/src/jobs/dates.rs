//! Dates as they are written.

const MS_A_DAY: u64 = 86_400_000;

/// A moment in milliseconds since 1970 (UTC) after ISO 8601, to the second: `2026-11-27T12:03:05Z` (proleptic Gregorian calendar).
pub fn moment(ms: u64) -> String {
    // Years begin in March here, so that a leap day is the last of its year; 719468 days from 1 March 0 to 1 January 1970.
    let z = ms / MS_A_DAY + 719_468;
    let (era, day_of_era) = (z / 146_097, z % 146_097);
    let year = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    let s = ms % MS_A_DAY / 1000;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", s / 3600, s / 60 % 60, s % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments_are_written_as_they_are_known() {
        assert_eq!(moment(0), "1970-01-01T00:00:00Z");
        assert_eq!(moment(951_782_400_000), "2000-02-29T00:00:00Z");
        assert_eq!(moment(1_000_000_000_999), "2001-09-09T01:46:40Z");
        assert_eq!(moment(4_102_444_799_000), "2099-12-31T23:59:59Z");
        assert_eq!(moment(4_107_542_400_000), "2100-03-01T00:00:00Z", "2100 has no leap day");
    }
}
