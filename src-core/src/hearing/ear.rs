//! From the sound field to the inner ear.

use serde::{Deserialize, Serialize};

/// Where the levels are given, which decides what the outer ear adds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Free field, sound from the front: loudspeakers in a treated room.
    #[default]
    Free,
    /// Diffuse field: sound from all around, a live room or a cabin.
    Diffuse,
    /// At the eardrum: the outer ear has done its part already.
    Eardrum,
}

/// Hz, outer ear in the free field, in the diffuse field, middle ear (dB). ANSI S3.4-2007, tables 1 to 3; the middle ear at
/// 0 Hz stands for "nothing passes".
#[rustfmt::skip]
const TRANSFER: [(f64, f64, f64, f64); 41] = [
    (0.0, 0.0, 0.0, -100.0), (20.0, 0.0, 0.0, -39.6), (25.0, 0.0, 0.0, -32.0), (31.5, 0.0, 0.0, -25.85), (40.0, 0.0, 0.0, -21.4),
    (50.0, 0.0, 0.0, -18.5), (63.0, 0.0, 0.0, -15.9), (80.0, 0.0, 0.0, -14.1), (100.0, 0.0, 0.0, -12.4), (125.0, 0.1, 0.1, -11.0),
    (160.0, 0.3, 0.3, -9.6), (200.0, 0.5, 0.4, -8.3), (250.0, 0.9, 0.5, -7.4), (315.0, 1.4, 1.0, -6.2), (400.0, 1.6, 1.6, -4.8),
    (500.0, 1.7, 1.7, -3.8), (630.0, 2.5, 2.2, -3.3), (750.0, 2.7, 2.7, -2.9), (800.0, 2.6, 2.9, -2.6), (1000.0, 2.6, 3.8, -2.6),
    (1250.0, 3.2, 5.3, -4.5), (1500.0, 5.2, 6.8, -5.4), (1600.0, 6.6, 7.2, -6.1), (2000.0, 12.0, 10.2, -8.5), (2500.0, 16.8, 14.9, -10.4),
    (3000.0, 15.3, 14.5, -7.3), (3150.0, 15.2, 14.4, -7.0), (4000.0, 14.2, 12.7, -6.6), (5000.0, 10.7, 10.8, -7.0), (6000.0, 7.1, 8.9, -9.2),
    (6300.0, 6.4, 8.7, -10.2), (8000.0, 1.8, 8.5, -12.2), (9000.0, -0.9, 6.2, -10.8), (10_000.0, -1.6, 5.0, -10.1), (11_200.0, 1.9, 4.5, -12.7),
    (12_500.0, 4.9, 4.0, -15.0), (14_000.0, 2.0, 3.3, -18.2), (15_000.0, -2.0, 2.6, -23.8), (16_000.0, 2.5, 2.0, -32.3), (18_000.0, 2.5, 2.0, -45.5),
    (20_000.0, 2.5, 2.0, -50.0),
];

/// Level at the inner ear relative to the level in the field, dB; straight lines between the table's points, flat beyond.
pub fn transfer_db(hz: f64, field: Field) -> f64 {
    let value = |row: &(f64, f64, f64, f64)| match field {
        Field::Free => row.1 + row.3,
        Field::Diffuse => row.2 + row.3,
        Field::Eardrum => row.3,
    };
    let above = TRANSFER.partition_point(|row| row.0 < hz);
    match (above.checked_sub(1).and_then(|i| TRANSFER.get(i)), TRANSFER.get(above)) {
        (Some(low), Some(high)) => value(low) + (value(high) - value(low)) * (hz - low.0) / (high.0 - low.0),
        (Some(row), None) | (None, Some(row)) => value(row),
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_free_field_at_one_kilohertz_is_the_reference() {
        assert_eq!(transfer_db(1000.0, Field::Free), 0.0);
        assert!((transfer_db(3150.0, Field::Free) - 8.2).abs() < 1e-9);
        assert_eq!(transfer_db(1000.0, Field::Eardrum), -2.6);
        assert!((transfer_db(1000.0, Field::Diffuse) - 1.2).abs() < 1e-9);
    }

    #[test]
    fn between_and_beyond_the_table_nothing_jumps() {
        assert!((transfer_db(45.0, Field::Free) + 19.95).abs() < 1e-9);
        assert_eq!(transfer_db(30_000.0, Field::Eardrum), -50.0);
        assert_eq!(transfer_db(0.0, Field::Eardrum), -100.0);
    }
}
