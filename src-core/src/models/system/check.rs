//! Holds a system against what its fields mean.

use super::{SCHEMA, System};

/// Ranges that a sound figure lies in, dB, Hz.
const RESPONSE_DB: std::ops::RangeInclusive<f64> = -120.0..=40.0;
const LEVEL_DBA: std::ops::RangeInclusive<f64> = 20.0..=130.0;
const NOISE_DB: std::ops::RangeInclusive<f64> = -60.0..=140.0;

pub(super) fn check(s: &System) -> Result<(), String> {
    let ensure = |ok: bool, problem: &str| if ok { Ok(()) } else { Err(problem.to_owned()) };
    ensure(s.schema == SCHEMA, &format!("its schema is {:?}, not {SCHEMA:?}", s.schema))?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    ensure(
        !s.name.is_empty() && s.name.len() <= 64 && s.name.chars().all(plain),
        "its name is not made of small letters, digits, - and _",
    )?;
    ensure(
        !s.title.is_empty() && s.title.len() <= 200 && !s.place.is_empty() && s.place.len() <= 200,
        "title or place is empty or too long",
    )?;
    ensure(!s.origin.is_empty() && !s.licence.is_empty() && !s.date.is_empty(), "origin, licence or date is empty")?;
    let r = &s.response;
    ensure(r.mean_db.iter().all(|v| RESPONSE_DB.contains(v)), "mean_db lies outside −120 to 40")?;
    ensure(r.sd_db.iter().all(|v| (0.0..=40.0).contains(v)), "sd_db lies outside 0 to 40")?;
    ensure(sourced(&r.basis, &r.source), "the response has no basis or source")?;
    let c = &s.channels;
    ensure((0.0..=20_000.0).contains(&c.mono_below_hz), "mono_below_hz lies outside 0 to 20000")?;
    ensure(
        c.mono_share.as_ref().is_none_or(|f| (0.0..=1.0).contains(&f.value) && sourced(&f.basis, &f.source)),
        "mono_share is no share with a source",
    )?;
    ensure(c.half_angle_deg.is_none_or(|a| (0.0..=90.0).contains(&a)), "half_angle_deg lies outside 0 to 90")?;
    ensure(c.balance_db.is_none_or(|b| (0.0..=20.0).contains(&b)), "balance_db lies outside 0 to 20")?;
    ensure(c.delay_ms.is_none_or(|d| (0.0..=50.0).contains(&d)), "delay_ms lies outside 0 to 50")?;
    ensure(sourced(&c.basis, &c.source), "the channels have no basis or source")?;
    let l = &s.level;
    ensure([l.low_dba, l.dba, l.high_dba].iter().all(|v| LEVEL_DBA.contains(v)), "the listening level lies outside 20 to 130 dBA")?;
    ensure(l.low_dba <= l.dba && l.dba <= l.high_dba, "the listening level lies outside its own range")?;
    ensure((0.0..=200.0).contains(&l.distance_m) && sourced(&l.basis, &l.source), "the level has no distance, basis or source")?;
    for n in &s.noise {
        ensure(n.band_db_spl.iter().all(|v| NOISE_DB.contains(v)) && (0.0..=30.0).contains(&n.level_sd_db), "a noise is out of range")?;
        ensure(sourced(&n.basis, &n.source) && sourced(&n.shape_basis, &n.shape_source), "a noise has no basis or source")?;
    }
    if let Some(a) = &s.noise_attenuation {
        ensure(a.mean_db.iter().all(|v| (-20.0..=80.0).contains(v)) && sourced(&a.basis, &a.source), "noise_attenuation is out of range")?;
    }
    if let Some(l) = &s.limiter {
        let same = [&l.threshold_db, &l.threshold_q25_db, &l.threshold_q75_db].iter().all(|t| t.len() == l.bands_hz.len());
        let rising = l.bands_hz.windows(2).all(|w| matches!(w, [a, b] if a < b)) && l.bands_hz.iter().all(|hz| *hz > 0.0);
        let sound = l.threshold_db.iter().all(|t| (-120.0..=20.0).contains(t));
        ensure(same && rising && sound && sourced(&l.basis, &l.source), "the limiter's bands and thresholds do not fit each other")?;
    }
    if let Some(b) = &s.bass_by_level {
        let rising = b.soft_dba <= b.usual_dba && b.usual_dba <= b.loud_dba;
        let sound = LEVEL_DBA.contains(&b.soft_dba)
            && LEVEL_DBA.contains(&b.loud_dba)
            && [b.soft_db, b.loud_db].iter().all(|g| (-40.0..=40.0).contains(g));
        ensure(rising && sound && b.corner_hz > 0.0 && sourced(&b.basis, &b.source), "bass_by_level is out of range or has no source")?;
    }
    ensure(
        s.max_level.as_ref().is_none_or(|m| (40.0..=160.0).contains(&m.value) && sourced(&m.basis, &m.source)),
        "max_level is out of range",
    )?;
    ensure(s.facts.iter().all(|f| !f.name.is_empty() && sourced(&f.basis, &f.source)), "a fact has no name, basis or source")
}

/// Whether a figure says what it rests on: "literature", "estimate" or "measured:N", and where it was found.
fn sourced(basis: &str, source: &str) -> bool {
    let known = matches!(basis, "literature" | "estimate") || basis.strip_prefix("measured:").is_some_and(|n| n.parse::<u32>().is_ok());
    known && !source.is_empty()
}
