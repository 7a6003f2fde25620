//! The estimate over time and frequency, held against what is usual.

use super::{BANDS, CENTRE_HZ, COVERED_HZ, Estimate, HEARING, LOW_MID_HZ, Scene, VOICE, estimate, lost_lu, sum, within};
use crate::audio::TimeRange;
use crate::compare::median;
use crate::measure::EnergyMap;
use crate::stems::{Picture, Region};

/// Most columns of the picture.
const COLUMNS: usize = 160;
/// Where the scale ends at least and at most, LU: half and a 64th as loud as usual. Between them it ends where hardly a cell is above, so
/// that a file of which much is covered shows where most is.
const SCALE_LU: [f64; 2] = [10.0, 60.0];
/// Part of the cells that show something and may lie above the scale.
const ABOVE: f64 = 0.05;
/// Passages that are closer than this are outlined as one, and those shorter are not outlined, parts of the file: what the eye can tell
/// apart.
const APART: f64 = 0.02;
/// Less loudness than this in a cell covers nothing and is not covered, sones per Cam.
const LEAST: f32 = 0.05;
/// What covers and is covered: the sides and the centre, the low mids and a voice.
const PARTS: usize = 2;

/// Losses of a file in LU: column, row, part; none where there is nothing to hear.
struct Cells {
    column_s: f64,
    lost_lu: Vec<Vec<[Option<f64>; PARTS]>>,
}

/// What more than usual is covered: at each place the larger of what the sides take from the centre and what the low mids take from
/// a voice, less the median of that row over `references` (energy map and LUFS of each), or over the file itself if there are none.
///
/// Empty for silence.
pub fn picture(map: &EnergyMap, lufs: f64, references: &[(&EnergyMap, f64)]) -> Picture {
    if !lufs.is_finite() {
        return Picture::default();
    }
    let own = cells(map, lufs);
    let theirs: Vec<Cells> = references.iter().filter(|r| r.1.is_finite()).map(|(map, lufs)| cells(map, *lufs)).collect();
    let usual = usual(if theirs.is_empty() { std::slice::from_ref(&own) } else { &theirs });
    let beyond = |(cell, usual): (&[Option<f64>; PARTS], &[f64; PARTS])| {
        let more = cell.iter().zip(usual).filter_map(|(lu, usual)| Some((*lu)? - usual));
        more.fold(0.0, f64::max)
    };
    let lost_lu: Vec<f64> = own.lost_lu.iter().flat_map(|column| column.iter().zip(&usual).map(beyond)).collect();
    let most_lu = scale_end(&lost_lu);
    Picture {
        column_s: own.column_s,
        rows_hz: rows_hz(),
        lost_lu: lost_lu.iter().map(|lu| lu.min(most_lu).round() as u8).collect(),
        regions: regions(&estimate(map, lufs), own.column_s * own.lost_lu.len() as f64),
        most_lu,
    }
}

/// Where the scale of these losses ends, LU.
fn scale_end(lost_lu: &[f64]) -> f64 {
    let mut shown: Vec<f64> = lost_lu.iter().copied().filter(|lu| *lu >= 1.0).collect();
    shown.sort_by(f64::total_cmp);
    let above = (shown.len() as f64 * ABOVE) as usize;
    let [least, most] = SCALE_LU;
    shown.iter().rev().nth(above).map_or(least, |lu| lu.ceil().clamp(least, most))
}

fn rows_hz() -> Vec<f64> {
    HEARING.0.filters().iter().map(|f| f.hz).collect()
}

fn regions(found: &Estimate, duration_s: f64) -> Vec<Region> {
    let of = |label: &str, (low_hz, high_hz): (f64, f64), time: &[TimeRange]| {
        let time = told_apart(time, duration_s);
        (!time.is_empty()).then(|| Region { label: label.into(), band_hz: [low_hz, high_hz], time })
    };
    [of("sides over centre", CENTRE_HZ, &found.centre_time), of("low mids over a voice", LOW_MID_HZ, &found.low_mid_time)]
        .into_iter()
        .flatten()
        .collect()
}

/// Passages as they are outlined: those that are close as one, the longest if all are short.
fn told_apart(time: &[TimeRange], duration_s: f64) -> Vec<TimeRange> {
    let joined = TimeRange::merged(time.to_vec(), APART * duration_s);
    let longest = joined.iter().map(|t| t.duration_s()).fold(0.0, f64::max);
    joined.into_iter().filter(|t| t.duration_s() >= (APART * duration_s).min(longest)).collect()
}

/// Median of each row and part over all columns of some files; 0 where none has anything to hear.
fn usual(files: &[Cells]) -> Vec<[f64; PARTS]> {
    let values = |row: usize, part: usize| -> Vec<f64> {
        files.iter().flat_map(|file| &file.lost_lu).filter_map(|column| column.get(row).and_then(|cell| cell[part])).collect()
    };
    (0..HEARING.0.len()).map(|row| std::array::from_fn(|part| median(&values(row, part)).unwrap_or(0.0))).collect()
}

fn cells(map: &EnergyMap, lufs: f64) -> Cells {
    let scene = Scene::new(map, lufs);
    let per_column = scene.frames().div_ceil(COLUMNS).max(1);
    let rows = rows_hz();
    let column = |from: usize| {
        let mut sums = vec![[[0.0f32; 2]; PARTS]; rows.len()];
        for frame in from..(from + per_column).min(scene.frames()) {
            let both = scene.frame(frame);
            let low = within(&sum(&both), LOW_MID_HZ);
            let heard: [f32; BANDS] = if low.iter().any(|p| *p > 0.0) { *VOICE } else { [0.0; BANDS] };
            for (part, (signal, noise)) in [(&both.0, &both.1), (&heard, &low)].into_iter().enumerate() {
                let (quiet, left) = scene.filters(signal, noise);
                for (sum, (q, l)) in sums.iter_mut().zip(quiet.iter().zip(&left)) {
                    sum[part][0] += q;
                    sum[part][1] += l;
                }
            }
        }
        let inside = |hz: f64, part: usize| {
            let (low_hz, high_hz) = [CENTRE_HZ, COVERED_HZ][part];
            (low_hz..high_hz).contains(&hz)
        };
        let loss =
            |hz: f64, part: usize, [quiet, left]: [f32; 2]| (quiet > LEAST && inside(hz, part)).then(|| lost_lu(f64::from(left / quiet)));
        rows.iter().zip(sums).map(|(hz, sums)| std::array::from_fn(|part| loss(*hz, part, sums[part]))).collect()
    };
    Cells {
        column_s: (per_column * super::FRAMES) as f64 * map.hop_s,
        lost_lu: (0..scene.frames()).step_by(per_column).map(column).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{map, music};
    use super::*;

    #[test]
    fn the_scale_ends_where_the_picture_does() {
        assert_eq!(scale_end(&[0.0; 100]), 10.0);
        assert_eq!(scale_end(&[3.0; 100]), 10.0, "a little is not made to look like much");
        let most: Vec<f64> = (0..100).map(|i| 10.0 + 0.3 * f64::from(i)).collect();
        assert_eq!(scale_end(&most), 39.0, "94 of 10 to 39.7 LU are below");
        assert_eq!(scale_end(&[133.0; 100]), 60.0);
    }

    #[test]
    fn what_cannot_be_told_apart_is_outlined_as_one() {
        let of = |ranges: &[(f64, f64)], duration_s: f64| {
            told_apart(&ranges.iter().map(|(a, b)| TimeRange::new(*a, *b)).collect::<Vec<_>>(), duration_s)
        };
        assert_eq!(of(&[(10.0, 20.0), (22.0, 30.0), (60.0, 61.0)], 200.0), [TimeRange::new(10.0, 30.0)]);
        assert_eq!(of(&[(10.0, 20.0), (22.0, 30.0)], 40.0).len(), 2);
        assert_eq!(of(&[(10.0, 11.0)], 600.0), [TimeRange::new(10.0, 11.0)], "one is better than none");
    }

    /// Of a file whose second half has louder sides, that half shows, in the rows of the centre; and all of it beside the first half.
    #[test]
    fn what_is_more_than_usual_shows_and_the_usual_does_not() {
        let narrow = map(music, |hz| music(hz) - 12.0);
        let wide = map(music, |hz| music(hz) - 3.0);
        assert!(picture(&narrow, -20.0, &[]).lost_lu.iter().all(|lu| *lu == 0), "even all the way");
        let mut both = narrow.clone();
        for (to, from) in [(&mut both.mid, &wide.mid), (&mut both.side, &wide.side), (&mut both.cross, &wide.cross)] {
            let half = from.len() / 4 / BANDS * BANDS;
            to.extend_from_slice(&from[..half]);
        }
        let found = picture(&both, -20.0, &[]);
        let rows = found.rows_hz.len();
        let columns = found.lost_lu.len() / rows;
        let shown =
            |columns: std::ops::Range<usize>| columns.flat_map(|c| &found.lost_lu[c * rows..(c + 1) * rows]).filter(|lu| **lu > 1).count();
        assert_eq!(shown(0..columns * 3 / 4), 0);
        assert!(shown(columns * 4 / 5 + 1..columns) > 0);
        let beside = picture(&wide, -20.0, &[(&narrow, -20.0)]);
        let shown: Vec<f64> = beside.rows_hz.iter().zip(&beside.lost_lu).filter(|(_, lu)| **lu > 1).map(|(hz, _)| *hz).collect();
        assert!(shown.len() > 3 && shown.iter().all(|hz| (COVERED_HZ.0..CENTRE_HZ.1).contains(hz)), "{shown:?}");
        assert!(shown.iter().any(|hz| *hz > COVERED_HZ.1), "{shown:?}");
    }
}
