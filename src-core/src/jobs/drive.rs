//! The gain before the limiter that brings out a loudness, solved before anything is rendered.

use crate::chain::Forecast;
use crate::measure::loudness::integrated_of;
use crate::propose::planners::{Allowed, limiter_load};

/// How far above the planned gain the solution may lie, dB: the limiter takes no more of the loudness than that.
pub(super) const ROOM_DB: f64 = 5.0;

/// Distance from the loudness aimed for at which the search ends, LU: a fifth of what a match is allowed.
const CLOSE_LU: f64 = 0.02;

/// Least loudness that a decibel of gain is taken to bring, LU: keeps a step from running away.
const LEAST_YIELD: f64 = 0.2;

/// Steps of the search. Each is better than the last by the curvature of the limiter's yield; three are usual.
const MOST_STEPS: usize = 8;

/// A gain and what comes of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drive {
    /// Gain before the limiter, dB.
    pub gain_db: f64,
    /// Integrated loudness that comes out, LUFS.
    pub lufs: f64,
}

/// What is wanted of a drive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wanted {
    /// Loudness to reach, LUFS.
    pub aim_lufs: f64,
    /// What the limiter may do.
    pub allowed: Allowed,
    /// Ceiling of the limiter, dBTP.
    pub ceiling_dbtp: f64,
}

/// The gain at which the aim is reached, or as near to it as the limiter may go. None for silence.
pub fn solve(forecast: &Forecast, wanted: Wanted, planned_db: f64) -> Option<Drive> {
    let Wanted { aim_lufs, allowed, ceiling_dbtp } = wanted;
    let most_db = planned_db + ROOM_DB;
    let load = limiter_load(&forecast.peaks_dbtp(), aim_lufs, ceiling_dbtp)?;
    // The hardest peaks at a gain of 0 dB lie `load.hardest_db` above the ceiling.
    let spared_db = allowed.most_db - load.hardest_db;
    let found = search(forecast, aim_lufs, planned_db, most_db)?;
    if found.gain_db <= spared_db {
        return Some(found);
    }
    let least = allowed.least_lufs.min(aim_lufs);
    let spared = at(forecast, spared_db);
    if spared.lufs >= least { Some(spared) } else { search(forecast, least, spared_db, most_db) }
}

fn at(forecast: &Forecast, gain_db: f64) -> Drive {
    Drive { gain_db, lufs: integrated_of(&forecast.mean_squares(gain_db)).lufs() }
}

/// Secant search: loudness rises with gain, by a decibel or less for each.
fn search(forecast: &Forecast, aim_lufs: f64, start_db: f64, most_db: f64) -> Option<Drive> {
    let mut now = at(forecast, start_db.min(most_db));
    let mut slope = 1.0f64;
    for _ in 0..MOST_STEPS {
        let error = aim_lufs - now.lufs;
        if !error.is_finite() {
            return None;
        }
        let next_db = (now.gain_db + error / slope).min(most_db);
        if error.abs() <= CLOSE_LU || next_db == now.gain_db {
            break;
        }
        let next = at(forecast, next_db);
        slope = ((next.lufs - now.lufs) / (next.gain_db - now.gain_db)).clamp(LEAST_YIELD, 1.0);
        now = next;
    }
    Some(now)
}
