//! Each part on its fault and on the clean twin: a song-like map against itself as reference.

use super::*;
use crate::audio::{Block, Layout, SourceInfo};
use crate::compare::{compare, portrait};
use crate::dsp::Frame;
use crate::dsp::biquad::{Cascade, Coefficients};
use crate::measure::Measurer;
use crate::models::system;

const RATE: u32 = 44_100;

/// Twenty seconds: a bass line with harmonics, chords, noise for the top, a beat.
fn song() -> Vec<Frame> {
    song_with_bass([1.0, 1.0])
}

/// The song with the bass of each side at a gain.
fn song_with_bass(gain: [f64; 2]) -> Vec<Frame> {
    let mut state = 11u64;
    let mut white = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / 8_388_608.0 - 1.0
    };
    (0..RATE * 20)
        .map(|i| {
            let t = f64::from(i) / f64::from(RATE);
            let beat = (t * 2.0).fract();
            let note = [41.2, 49.0, 55.0, 61.7][(t * 2.0) as usize % 4];
            let bass: f64 = (1..=8).map(|h| (std::f64::consts::TAU * note * f64::from(h) * t).sin() / f64::from(h)).sum();
            let chord: f64 = [220.0, 277.2, 329.6, 440.0, 659.3, 1318.5, 2637.0]
                .iter()
                .map(|hz| (std::f64::consts::TAU * hz * t).sin() / (hz / 220.0f64).sqrt())
                .sum();
            let noise = [white(), white()];
            let hit = (-8.0 * beat).exp();
            [0, 1].map(|c| 0.12 * gain[c] * bass + 0.03 * chord + 0.05 * hit * noise[c] + 0.01 * noise[c])
        })
        .collect()
}

fn measured(frames: &[Frame]) -> Measurements {
    let info = SourceInfo {
        name: "song".into(),
        container: "memory".into(),
        codec: "pcm_f32le".into(),
        lossy: false,
        sample_rate: RATE,
        layout: Layout::stereo(),
        bits_per_sample: Some(32),
        float: true,
        wav_format_tag: None,
        frames: Some(frames.len() as u64),
    };
    let mut measurer = Measurer::new(&info);
    measurer.push(&Block::from_channels([0, 1].map(|c| frames.iter().map(|f| f[c] as f32).collect()).to_vec()));
    measurer.finish()
}

fn against_song(frames: &[Frame]) -> Translation {
    let (own, reference) = (measured(frames), measured(&song()));
    let p = portrait("song", &reference);
    let references = [Reference { portrait: &p, measurements: Some(&reference) }];
    let comparison = compare(&own, &references).unwrap();
    translate(&own, &comparison, &references, &system::all().unwrap()).unwrap()
}

fn filtered(filters: &[Coefficients]) -> Vec<Frame> {
    let mut frames = song();
    Cascade::new(filters).process(&mut frames);
    frames
}

const R: f64 = RATE as f64;

#[test]
fn a_song_loses_nothing_beside_itself() {
    let clean = against_song(&song());
    assert_eq!(clean.systems.len(), 18);
    for s in &clean.systems {
        for fault in [s.harshness_lu, s.mud_lu, s.sub_power_db].into_iter().flatten() {
            assert_eq!(fault, Uncertain::default(), "{}", s.system);
        }
        assert!(s.score > 95.0, "{}: {} {:?}", s.system, s.score, s.taken_off);
        assert!(s.regions.iter().all(|r| r.beyond_lu.value.abs() < 0.5), "{}: {:?}", s.system, s.regions);
        assert!(s.sunk.time.is_empty(), "{}", s.system);
    }
}

#[test]
fn a_bass_without_harmonics_is_lost_where_there_are_no_fundamentals() {
    let bell = |hz, db| Coefficients::bell(hz, db, 0.8, R);
    let bare =
        against_song(&filtered(&[bell(130.0, -12.0), bell(230.0, -12.0), bell(350.0, -8.0), Coefficients::low_shelf(70.0, 6.0, 0.7, R)]));
    let line = |name: &str| bare.system(name).unwrap().bass_line.clone();
    for small in ["smartphone", "laptop", "tablet", "kitchen_radio"] {
        assert_eq!(line(small).carried_by, CarriedBy::Harmonics, "{small}");
        assert!(line(small).beyond_lu.high < -4.0, "{small}: {:?}", line(small));
    }
    for large in ["studio_monitors", "home_hifi", "studio_headphones", "club_pa"] {
        assert_eq!(line(large).carried_by, CarriedBy::Fundamentals, "{large}");
        assert!(line(large).beyond_lu.value > -1.0, "{large}: {:?}", line(large));
    }
}

#[test]
fn a_bass_with_opposite_sides_is_lost_where_they_are_added() {
    let opposite = song_with_bass([1.0, -1.0]);
    let heard = against_song(&opposite);
    for added in ["club_pa", "festival_pa", "smart_speaker"] {
        let s = heard.system(added).unwrap();
        assert!(s.bass_line.beyond_lu.high < -4.0 && s.bass_line.mono_lu < -4.0, "{added}: {:?}", s.bass_line);
    }
    for apart in ["studio_headphones", "earbuds_anc"] {
        assert!(heard.system(apart).unwrap().bass_line.mono_lu > -0.5, "{apart}");
    }
}

#[test]
fn bite_and_mud_are_found_where_they_are_played() {
    let harsh = against_song(&filtered(&[Coefficients::bell(3200.0, 9.0, 1.0, R)]));
    assert!(harsh.system("smartphone").unwrap().harshness_lu.unwrap().low > 3.0);
    let muddy = against_song(&filtered(&[Coefficients::bell(250.0, 9.0, 0.9, R)]));
    assert!(muddy.system("car_parked").unwrap().mud_lu.unwrap().low > 3.0);
}

#[test]
fn a_soft_passage_sinks_on_the_road_and_not_in_the_studio() {
    let frames: Vec<Frame> =
        song().iter().enumerate().map(|(i, f)| if (6.0..12.0).contains(&(i as f64 / R)) { f.map(|x| x * 0.063) } else { *f }).collect();
    let heard = against_song(&frames);
    let car = &heard.system("car_100kmh").unwrap().sunk;
    assert_eq!(car.time.len(), 1, "{car:?}");
    assert!((car.time[0].start_s - 6.0).abs() < 0.5 && (car.time[0].end_s - 12.0).abs() < 0.5, "{car:?}");
    assert!(heard.system("studio_headphones").unwrap().sunk.time.is_empty());
}

#[test]
fn a_passage_as_soft_as_the_references_softest_is_how_such_music_is_made() {
    let softened = |gain: f64| -> Vec<Frame> {
        song().iter().enumerate().map(|(i, f)| if (6.0..12.0).contains(&(i as f64 / R)) { f.map(|x| x * gain) } else { *f }).collect()
    };
    let reference = measured(&softened(0.07));
    let p = portrait("soft", &reference);
    let sunk = |own: &[Frame]| {
        let own = measured(own);
        let references = [Reference { portrait: &p, measurements: Some(&reference) }];
        let comparison = compare(&own, &references).unwrap();
        let heard = translate(&own, &comparison, &references, &system::all().unwrap()).unwrap();
        heard.system("car_100kmh").unwrap().sunk.clone()
    };
    assert!(sunk(&softened(0.063)).time.is_empty(), "{:?}", sunk(&softened(0.063)));
    assert_eq!(sunk(&softened(0.02)).time.len(), 1, "{:?}", sunk(&softened(0.02)));
}

#[test]
fn a_place_that_lifts_the_low_mids_adds_to_mud_and_one_that_lifts_presence_to_harshness() {
    let heard = against_song(&song());
    let of = |name: &str| heard.system(name).unwrap();
    assert!(of("car_parked").mud_place_db > of("laptop").mud_place_db + 3.0);
    assert!(of("smartphone").harshness_place_db > of("club_pa").harshness_place_db);
    assert!(of("studio_headphones").left_in_noise > 0.9 && of("store_ceiling").left_in_noise < 0.5);
}

#[test]
fn sub_takes_the_power_of_a_rig() {
    let heard = against_song(&filtered(&[Coefficients::low_shelf(50.0, 14.0, 0.7, R)]));
    assert!(heard.system("club_pa").unwrap().sub_power_db.unwrap().low > 3.0);
    assert!(heard.system("laptop").unwrap().sub_power_db.is_none());
}

/// The bar between what is scored and what is rendered, dB per third octave.
const FORMS_DB: f64 = 0.5;

/// A band this far below another within an octave holds what the analysis window leaks from there, not what is played, dB.
const LEAKAGE_DB: f64 = -40.0;

#[test]
fn what_is_scored_is_what_is_rendered_at_every_volume() {
    use crate::measure::energy_map::BANDS_HZ;
    use crate::playback::{Drive, Model, Simulation};
    use crate::units::power_to_db;
    let song = song();
    let own = measured(&song);
    let comparison = compare(&own, &[]).unwrap();
    let mut apart_at: Vec<String> = Vec::new();
    for system in system::all().unwrap() {
        for level in [system.level.dba, system.level.high_dba + 6.0] {
            let system = system.at_level(level);
            let scored = &translate(&own, &comparison, &[], std::slice::from_ref(&system)).unwrap().systems[0].mix_db_spl;
            let model = Model::new(&system).driven(Drive::usual(&system, own.loudness.integrated.lufs()));
            let mut simulation = Simulation::new(&model, RATE);
            let mut frames = song.clone();
            frames.extend(vec![[0.0; 2]; simulation.latency_frames()]);
            simulation.process_frames(&mut frames);
            let bins = measured(&frames[simulation.latency_frames()..]).spectrum.bins;
            let sixth = 2f64.powf(1.0 / 6.0);
            let rendered = |hz: f64| power_to_db(bins.between(hz / sixth, hz * sixth).iter().sum());
            let near = |b: usize| scored[b.saturating_sub(3)..(b + 4).min(scored.len())].iter().copied().fold(-60.0, f64::max);
            let bands: Vec<usize> = (0..scored.len()).filter(|b| scored[*b] > near(*b) + LEAKAGE_DB).collect();
            let mut off: Vec<f64> = bands.iter().map(|b| rendered(BANDS_HZ[*b]) - scored[*b]).collect();
            let apart: Vec<f64> = off.clone();
            off.sort_by(f64::total_cmp);
            let middle = off[off.len() / 2];
            let over = bands.iter().zip(apart).filter(|(_, off)| (off - middle).abs() > FORMS_DB);
            apart_at.extend(over.map(|(b, off)| format!("{} at {level} dBA, {} Hz: {:.2} dB", system.name, BANDS_HZ[*b], off - middle)));
        }
    }
    assert!(apart_at.is_empty(), "{apart_at:#?}");
}

#[test]
fn a_small_loudspeaker_takes_its_bass_back_as_it_is_turned_up() {
    let speaker = system::find("bluetooth_speaker").unwrap().unwrap();
    let bass = |dba: f64| speaker.at_level(dba).response.mean_db[6] - speaker.response.mean_db[6];
    assert_eq!(bass(speaker.level.dba), 0.0);
    assert!(bass(76.0) < -3.0 && (bass(100.0) + 10.0).abs() < 0.5, "{} {}", bass(76.0), bass(100.0));
    let back = speaker.at_level(80.0).at_level(speaker.level.dba);
    assert!(back.response.mean_db.iter().zip(&speaker.response.mean_db).all(|(a, b)| (a - b).abs() < 1e-9));
}

#[test]
fn silence_is_heard_nowhere_and_the_same_input_gives_the_same_numbers() {
    let silent = measured(&vec![[0.0; 2]; 100_000]);
    let comparison = compare(&silent, &[]).unwrap();
    assert!(translate(&silent, &comparison, &[], &system::all().unwrap()).is_none());
    assert_eq!(against_song(&song()), against_song(&song()));
}
