//! Masking as a picture: what stems lose to each other, over time and frequency.

use super::OCTAVES_HZ;
use super::masking::{Pair, Picture, Region};
use super::scene::Scene;
use rayon::prelude::*;

/// Most columns: as many as can be told apart on a page.
const COLUMNS: usize = 160;
/// Rows for two neighbouring filters of the model each.
const FILTERS_PER_ROW: usize = 2;
/// A region is outlined for so many of the worst pairs.
const REGIONS: usize = 6;

/// The picture of a scene, with the critical pairs outlined.
pub fn picture(scene: &Scene<'_>, pairs: &[Pair]) -> Picture {
    let frames = scene.frames();
    let per_column = frames.div_ceil(COLUMNS).max(1);
    let rows_hz: Vec<f64> = scene.hearing().filters().chunks(FILTERS_PER_ROW).filter_map(|c| c.first()).map(|f| f.hz).collect();
    let column = |c: usize| column(scene, c * per_column, (c * per_column + per_column).min(frames), rows_hz.len());
    let columns: Vec<Vec<u8>> = (0..frames.div_ceil(per_column)).into_par_iter().map(column).collect();
    let regions = pairs.iter().filter(|p| p.critical).take(REGIONS).map(|p| Region {
        label: format!("{} over {}", without_ending(&p.masker), without_ending(&p.maskee)),
        band_hz: p.band_hz,
        time: p.time.clone(),
    });
    Picture {
        column_s: per_column as f64 * scene.hop_s(),
        lost_lu: columns.concat(),
        regions: regions.collect(),
        rows_hz,
        most_lu: Picture::MOST_LU,
    }
}

/// A file name without its ending.
pub(super) fn without_ending(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Loss per row: loudness in quiet and left of all stems that matter there, over the column's frames.
fn column(scene: &Scene<'_>, from: usize, to: usize, rows: usize) -> Vec<u8> {
    let untouched = scene.untouched();
    let (mut quiet, mut left) = (vec![0.0f32; rows], vec![0.0f32; rows]);
    for frame in from..to {
        let powers = scene.powers(frame, &untouched);
        for stem in 0..scene.stems() {
            let heard = scene.heard(stem, &powers);
            for octave in 0..OCTAVES_HZ.len() {
                if scene.ratio(octave, &heard, &heard.left).is_none() {
                    continue;
                }
                for filter in scene.octave(octave) {
                    let row = filter / FILTERS_PER_ROW;
                    if let (Some(q), Some(l)) = (heard.quiet.get(filter), heard.left.get(filter)) {
                        quiet[row] += q;
                        left[row] += l;
                    }
                }
            }
        }
    }
    let loss = |(q, l): (&f32, &f32)| if *q > 0.0 { super::pairs::lost_lu(f64::from(l / q)) } else { 0.0 };
    quiet.iter().zip(&left).map(|p| loss(p).min(Picture::MOST_LU).round() as u8).collect()
}
