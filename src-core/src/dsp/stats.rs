//! Quantiles of levels in constant memory.

/// Lowest level that has a class of its own, dB.
const FLOOR_DB: f64 = -130.0;
/// Highest, dB.
const CEILING_DB: f64 = 130.0;
/// Classes per dB.
const PER_DB: f64 = 10.0;

/// A histogram of levels in classes of 0.1 dB from −130 to +130 dB.
///
/// A quantile is exact to half a class (0.05 dB). Lower levels, −∞ among them, are counted and give −∞.
#[derive(Clone, Debug, Default)]
pub struct LevelHistogram {
    classes: Vec<u32>,
    below: u64,
    count: u64,
}

impl LevelHistogram {
    /// Counts the level of a power.
    pub fn add_power(&mut self, power: f64) {
        self.count += 1;
        let level_db = 10.0 * power.log10();
        if !(level_db >= FLOOR_DB) {
            self.below += 1;
            return;
        }
        if self.classes.is_empty() {
            self.classes = vec![0; ((CEILING_DB - FLOOR_DB) * PER_DB) as usize];
        }
        let last = self.classes.len() - 1;
        let class = (((level_db - FLOOR_DB) * PER_DB) as usize).min(last);
        self.classes[class] = self.classes[class].saturating_add(1);
    }

    /// Number of levels counted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The level below which a share `p` (0 to 1) of all lies: the nearest rank, middle of its class; −∞ if there are none.
    pub fn quantile_db(&self, p: f64) -> f64 {
        let rank = (p.clamp(0.0, 1.0) * self.count.saturating_sub(1) as f64).round() as u64;
        let mut seen = self.below;
        if rank < seen {
            return f64::NEG_INFINITY;
        }
        for (class, count) in self.classes.iter().enumerate() {
            seen += u64::from(*count);
            if rank < seen {
                return FLOOR_DB + (class as f64 + 0.5) / PER_DB;
            }
        }
        f64::NEG_INFINITY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_a_known_spread() {
        let mut histogram = LevelHistogram::default();
        assert_eq!(histogram.quantile_db(0.5), f64::NEG_INFINITY);
        for step in 0..=100 {
            histogram.add_power(10f64.powf((-60.0 + 0.5 * f64::from(step)) / 10.0));
        }
        for (p, expected) in [(0.0, -60.0), (0.1, -55.0), (0.5, -35.0), (1.0, -10.0)] {
            assert!((histogram.quantile_db(p) - expected).abs() <= 0.1, "{p}");
        }
    }

    #[test]
    fn silence_counts_as_minus_infinity() {
        let mut histogram = LevelHistogram::default();
        histogram.add_power(0.0);
        histogram.add_power(0.0);
        histogram.add_power(1.0);
        assert_eq!(histogram.quantile_db(0.5), f64::NEG_INFINITY);
        assert!(histogram.quantile_db(1.0).abs() <= 0.1);
    }
}
