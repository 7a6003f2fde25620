//! One file on one system.

use super::bass::{self, Line};
use super::draws::{DRAWS, Draws, summary};
use super::expected::{Expected, Sound};
use super::listening::{EAR, Loudness, Spl, gain_to_level, louder_lu};
use super::noise::sunk;
use super::programme::{Powers, Programme};
use super::{BassLine, REGIONS, RegionHeard, SystemHeard, Uncertain, score};
use crate::compare::faults::Fault;
use crate::measure::energy_map::{BANDS, BANDS_HZ};
use crate::models::system::{Group, System};
use crate::playback::{BandGains, Drive, Model};
use crate::units::{db_to_power, power_to_db};

/// A region with less than this share of its full-range loudness is not played there: nobody keeps it.
const LEAST_SHARE: f64 = 0.06;

/// A region is played in full, so that a listener can find it too loud, from this share of its full-range part of the whole on.
const IN_FULL: f64 = 0.6;

/// Where harshness and mud are, and what they are held against, Hz (see `tonal.harsh` and `tonal.muddy`).
const HARSH_HZ: [f64; 2] = [2000.0, 5000.0];
const BELOW_HARSH_HZ: [f64; 2] = [500.0, 1500.0];
const MUD_HZ: [f64; 2] = [150.0, 400.0];
const ABOVE_MUD_HZ: [f64; 2] = [600.0, 2500.0];

/// What a subwoofer carries, Hz, and the response from which on a system has one, dB.
const SUB_HZ: [f64; 2] = [28.0, 64.0];
const SUB_FROM_DB: f64 = 3.0;

/// With less than this part of all sound power the subwoofers idle. They turn 1 to 5 % of what the amplifier gives into sound, the horns above
/// them 10 to 50 % (L. L. Beranek, "Acoustics", 1954, chapters 8 and 9): a hundredth of the sound is a tenth of the amplifiers.
const LEAST_SUB: f64 = 0.01;

/// A place to listen at, once.
pub(super) struct Place {
    pub gains: BandGains,
    pub level_dba: f64,
    /// Excitation by the noise.
    pub noise: Option<Vec<f32>>,
}

impl Place {
    /// The usual case for a programme.
    pub fn usual(system: &System, model: &Model, of: &Programme<'_>) -> Self {
        let gains = BandGains::of_programme(model, &of.spectrum());
        Self { gains, level_dba: system.level.dba, noise: noise(system, 0.0) }
    }

    /// One that is off the usual as far as places and devices of the class are from each other.
    fn drawn(&self, system: &System, draw: usize) -> Self {
        let curve = Draws::new("response").smooth(draw);
        let numbers = Draws::new("place").normals(draw, 2);
        let (level, noisier) = (numbers.first().copied().unwrap_or(0.0), numbers.get(1).copied().unwrap_or(0.0));
        let mut gains = self.gains;
        // The range of levels is taken for two standard deviations to either side.
        let l = &system.level;
        let level_dba = (l.dba + level * (l.high_dba - l.low_dba) / 4.0).clamp(l.low_dba, l.high_dba);
        let turned = |hz: f64| system.bass_at_db(hz, level_dba) - system.bass_at_db(hz, l.dba);
        for (b, hz) in BANDS_HZ.into_iter().enumerate() {
            let off = db_to_power(system.response.sd_db[b] * curve[b] + turned(hz));
            gains.mid[b] *= off;
            gains.side[b] *= off;
        }
        let sd = system.noise.first().map_or(0.0, |n| n.level_sd_db);
        Self { gains, level_dba, noise: noise(system, sd * noisier) }
    }

    /// Spectra at the ears, at the listening level.
    pub fn heard(&self, classes: impl Iterator<Item = Powers>) -> Vec<Spl> {
        let mut spectra: Vec<Spl> = classes.map(|c| c.heard(&self.gains)).collect();
        let gain = gain_to_level(&spectra, self.level_dba);
        spectra.iter_mut().flatten().for_each(|p| *p *= gain);
        spectra
    }
}

fn noise(system: &System, louder_db: f64) -> Option<Vec<f32>> {
    system.noise_db_spl().map(|n| EAR.excitation(&n.map(|db| db_to_power(db + louder_db))))
}

/// Three sounds heard at one place, and two of them in full range.
struct Compared {
    mix: Loudness,
    width: Loudness,
    both: Loudness,
    full_mix: Loudness,
    full_both: Loudness,
    /// Without its faults of tone, where it has them.
    not_harsh: Option<Loudness>,
    not_muddy: Option<Loudness>,
    sub_power_db: f64,
    /// Part of all power that is the sub's, with the mix as it is.
    sub_share: f64,
}

impl Compared {
    fn new(place: &Place, own: &Programme<'_>, expected: &Expected, draw: usize) -> Self {
        let sound = |sound: Sound| own.classes.iter().map(move |c| expected.apply(c, sound, draw));
        let here = |s: Sound| place.heard(sound(s));
        let (mix, width, both) = (here(Sound::Mix), here(Sound::Width), here(Sound::Both));
        let flat = Place { gains: BandGains { mid: [1.0; BANDS], side: [1.0; BANDS], tilt: 0.0 }, level_dba: place.level_dba, noise: None };
        let noise = place.noise.as_deref();
        let without = |fault: Fault| expected.has(fault).then(|| here(Sound::Without(fault)));
        Self {
            not_harsh: without(Fault::Harsh).map(|s| EAR.listen(&s, noise)),
            not_muddy: without(Fault::Muddy).map(|s| EAR.listen(&s, noise)),
            sub_power_db: without(Fault::Sub).map_or(0.0, |s| power_to_db(sub_power(&mix) / sub_power(&s))),
            sub_share: sub_power(&mix) / mix.iter().flatten().sum::<f64>(),
            mix: EAR.listen(&mix, noise),
            width: EAR.listen(&width, noise),
            both: EAR.listen(&both, noise),
            full_mix: EAR.listen(&flat.heard(sound(Sound::Mix)), None),
            full_both: EAR.listen(&flat.heard(sound(Sound::Both)), None),
        }
    }

    /// How much more a fault of tone lifts a range than the one it is held against, LU; 0 without the fault.
    fn lifts(&self, without: Option<&Loudness>, hz: [f64; 2], beside: [f64; 2]) -> f64 {
        let more = |without: &Loudness, hz: [f64; 2]| louder_lu(self.mix.between(hz), without.between(hz));
        without.map_or(0.0, |w| more(w, hz) - more(w, beside))
    }

    /// How much louder a range is than with the references' sound, LU.
    fn beyond(&self, hz: [f64; 2]) -> f64 {
        louder_lu(self.mix.between(hz), self.both.between(hz))
    }

    /// The part of the whole that a range has here, relative to its part in full range.
    fn share(&self, hz: [f64; 2]) -> f64 {
        let part = |l: &Loudness| l.between(hz) / l.whole().max(1e-9);
        part(&self.both) / part(&self.full_both).max(1e-9)
    }

    fn line(&self) -> Line<'_> {
        Line { mix: &self.mix, width: &self.width, both: &self.both, full_mix: &self.full_mix, full_both: &self.full_both }
    }
}

/// Power that subwoofers have to deliver.
fn sub_power(spectra: &[Spl]) -> f64 {
    let inside = |b: &usize| (SUB_HZ[0]..SUB_HZ[1]).contains(&BANDS_HZ[*b]);
    spectra.iter().map(|s| (0..BANDS).filter(inside).map(|b| s[b]).sum::<f64>()).sum()
}

pub(super) fn heard(system: &System, own: &Programme<'_>, others: &[Programme<'_>], expected: &Expected) -> SystemHeard {
    let model = Model::new(system).driven(Drive::usual(system, own.lufs));
    let whole = own;
    let limited = own.limited(&model);
    let own = limited.as_ref().unwrap_or(whole);
    let place = Place::usual(system, &model, own);
    let usual = Compared::new(&place, own, expected, 0);
    let drawn: Vec<Compared> = (0..DRAWS).map(|d| Compared::new(&place.drawn(system, d), own, expected, d + 1)).collect();
    let over = |f: &dyn Fn(&Compared) -> f64| summary(drawn.iter().map(f).collect());

    let carried_by = bass::carried_by(&model);
    let bass_line = BassLine {
        carried_by,
        beyond_lu: over(&|c| bass::beyond(&c.line(), carried_by)),
        mono_lu: bass::mono(&usual.line(), carried_by),
        hz: bass::range(carried_by),
    };
    let played = |hz: [f64; 2], lifted: &dyn Fn(&Compared) -> f64| (usual.share(hz) >= IN_FULL).then(|| over(lifted));
    let (mix_spl, both_spl) =
        (place.heard(own.classes.iter().copied()), place.heard(own.classes.iter().map(|c| expected.apply(c, Sound::Both, 0))));
    let mut heard = SystemHeard {
        system: system.name.clone(),
        title: system.title.clone(),
        place: system.place.clone(),
        group: system.group,
        basis: system.basis(),
        score: 100.0,
        taken_off: Vec::new(),
        regions: REGIONS.iter().map(|r| region(r.id, r.hz, &usual, over(&|c| c.beyond(r.hz)))).collect(),
        bass_line,
        mono_lu: louder_lu(usual.mix.whole(), usual.width.whole()),
        harshness_lu: played(HARSH_HZ, &|c| c.lifts(c.not_harsh.as_ref(), HARSH_HZ, BELOW_HARSH_HZ)),
        mud_lu: played(MUD_HZ, &|c| c.lifts(c.not_muddy.as_ref(), MUD_HZ, ABOVE_MUD_HZ)),
        harshness_place_db: lift_db(system, HARSH_HZ) - lift_db(system, BELOW_HARSH_HZ),
        mud_place_db: lift_db(system, MUD_HZ) - lift_db(system, ABOVE_MUD_HZ),
        left_in_noise: usual.mix.whole() / EAR.listen(&mix_spl, None).whole().max(1e-9),
        sunk: sunk(system, &model, whole, others),
        sub_power_db: (has_sub(system) && usual.sub_share >= LEAST_SUB).then(|| over(&|c| c.sub_power_db)),
        mix_db_spl: mean_db(&mix_spl),
        references_db_spl: mean_db(&both_spl),
        noise_db_spl: system.noise_db_spl().map(|n| n.to_vec()),
        level_dba: system.level.dba,
    };
    (heard.score, heard.taken_off) = score::score(&heard);
    heard
}

fn region(id: &str, hz: [f64; 2], usual: &Compared, beyond_lu: Uncertain) -> RegionHeard {
    RegionHeard {
        region: id.to_owned(),
        hz,
        beyond_lu,
        mix_lu: louder_lu(usual.mix.between(hz), usual.full_mix.between(hz)),
        references_lu: louder_lu(usual.both.between(hz), usual.full_both.between(hz)),
        heard: usual.both.between(hz) >= LEAST_SHARE * usual.full_both.between(hz),
    }
}

/// Whether a system reproduces the sub with emphasis, so that it takes power: cars, clubs, stages.
fn has_sub(system: &System) -> bool {
    system.group == Group::Stage || (system.group == Group::Car && lift_db(system, SUB_HZ) >= SUB_FROM_DB)
}

/// Mean response over a range, dB.
fn lift_db(system: &System, hz: [f64; 2]) -> f64 {
    let inside: Vec<f64> =
        BANDS_HZ.iter().zip(&system.response.mean_db).filter(|(f, _)| (hz[0]..=hz[1]).contains(*f)).map(|(_, db)| *db).collect();
    inside.iter().sum::<f64>() / inside.len().max(1) as f64
}

/// Mean of spectra, dB SPL.
fn mean_db(spectra: &[Spl]) -> Vec<f64> {
    let mean = |b: usize| spectra.iter().map(|s| s[b]).sum::<f64>() / spectra.len().max(1) as f64;
    (0..BANDS).map(|b| (power_to_db(mean(b)).max(-60.0) * 10.0).round() / 10.0).collect()
}
