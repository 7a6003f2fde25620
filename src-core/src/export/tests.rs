use super::*;
use crate::audio::Block;
use crate::chain::settings::{BandDynamics, Dynamics, EqBand, EqKind, Limiter, Part, Stereo};
use crate::chain::{Chain, response_db};
use base64::Engine as _;
use yaml_rust2::{Yaml, YamlLoader};

/// Our own equaliser and the exported one may differ by this much, dB.
const AGREEMENT_DB: f64 = 0.1;
const RATE: u32 = 48_000;

fn band(kind: EqKind, part: Part, freq_hz: f64, gain_db: f64, q: f64) -> EqBand {
    EqBand { kind, part, freq_hz, gain_db, q, reason: "a reason".into(), confidence: 1.0 }
}

fn stereo_bands() -> Vec<EqBand> {
    vec![
        band(EqKind::HighPass, Part::Stereo, 31.5, 0.0, 0.707),
        band(EqKind::LowShelf, Part::Stereo, 95.0, 2.35, 0.8),
        band(EqKind::Bell, Part::Stereo, 262.5, -4.2, 1.13),
        band(EqKind::Bell, Part::Stereo, 3_400.0, 3.1, 2.4),
        band(EqKind::HighShelf, Part::Stereo, 8_000.0, 5.5, 0.6),
        band(EqKind::LowPass, Part::Stereo, 19_000.0, 0.0, 0.707),
    ]
}

fn everything() -> Settings {
    let compressor = BandDynamics {
        threshold_db: -24.0,
        ratio: 2.0,
        knee_db: 6.0,
        attack_ms: 20.0,
        release_ms: 200.0,
        makeup_db: 1.0,
        reason: "x".into(),
    };
    let mut eq = stereo_bands();
    eq.push(band(EqKind::Bell, Part::Mid, 1_000.0, 2.0, 1.0));
    eq.push(band(EqKind::HighShelf, Part::Side, 6_000.0, -3.0, 0.7));
    Settings {
        input_gain_db: -3.0,
        eq,
        dynamics: Some(Dynamics { crossovers_hz: vec![160.0], bands: vec![compressor.clone(), compressor] }),
        stereo: Some(Stereo { side_gain_db: 1.5, side_bands: vec![], mono_below_hz: Some(120.0), reason: "wide bass".into() }),
        output_gain_db: 1.25,
        limiter: Some(Limiter { ceiling_dbtp: -1.0, lookahead_ms: 2.0, release_ms: 120.0 }),
        ..Settings::default()
    }
}

/// [`everything`] without what filters cannot carry.
fn linear() -> Settings {
    Settings { dynamics: None, limiter: None, ..everything() }
}

/// Two unrelated channels of noise, a sixth of full scale.
fn noise(frames: usize) -> [Vec<f64>; 2] {
    let mut state = 1u64;
    [0, 1].map(|_| {
        (0..frames)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                ((state >> 33) as f64 / f64::from(1u32 << 30) - 1.0) / 6.0
            })
            .collect()
    })
}

/// Sends stereo audio through `ffmpeg -af`.
fn through_ffmpeg(filter: &str, input: &[Vec<f64>; 2]) -> [Vec<f64>; 2] {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("in.f64"), folder.path().join("out.f64"));
    let bytes: Vec<u8> = input[0].iter().zip(&input[1]).flat_map(|(l, r)| [l.to_le_bytes(), r.to_le_bytes()].concat()).collect();
    std::fs::write(&from, bytes).unwrap();
    let rate = RATE.to_string();
    let raw = ["-f", "f64le", "-ar", &rate, "-ac", "2"];
    let output = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-y"])
        .args(raw)
        .arg("-i")
        .arg(&from)
        .args(["-af", filter.trim_end()])
        .args(raw)
        .arg(&to)
        .output()
        .expect("ffmpeg must be installed for this test");
    assert!(output.status.success(), "{}\n{filter}", String::from_utf8_lossy(&output.stderr));
    let bytes = std::fs::read(&to).unwrap();
    let samples: Vec<f64> = bytes.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect();
    [0, 1].map(|channel| samples.iter().skip(channel).step_by(2).copied().collect())
}

#[test]
fn ffmpeg_renders_our_export_as_our_own_chain_renders_the_settings() {
    let settings = linear();
    let input = noise(48_000);
    let theirs = through_ffmpeg(&export(&settings, Format::Ffmpeg, RATE).unwrap(), &input);
    let mut chain = Chain::new(&settings, RATE, 2).unwrap();
    assert_eq!(chain.latency_frames(), 0, "filters alone have no latency");
    let mut ours = Block::from_channels(input.to_vec());
    chain.process(&mut ours);
    for (channel, theirs) in theirs.iter().enumerate() {
        let (mut error, mut level) = (0.0, 0.0);
        for (a, b) in ours.channel(channel).iter().zip(theirs) {
            error += (a - b) * (a - b);
            level += a * a;
        }
        let residual_db = 10.0 * f64::log10(error / level);
        // An error of 0.1 dB everywhere would leave a residual of −39 dB.
        assert!(residual_db < -80.0, "channel {channel}: residual {residual_db:.1} dB");
    }
}

#[test]
fn ffmpegs_response_to_an_impulse_is_our_response() {
    let settings = Settings { eq: stereo_bands(), ..Settings::default() };
    let mut impulse = [vec![0.0; 65_536], vec![0.0; 65_536]];
    impulse[0][0] = 1.0;
    let response = &through_ffmpeg(&export(&settings, Format::Ffmpeg, RATE).unwrap(), &impulse)[0];
    for freq_hz in [25.0, 50.0, 100.0, 262.5, 1_000.0, 3_400.0, 8_000.0, 12_000.0, 16_000.0, 20_000.0] {
        let (mut re, mut im) = (0.0, 0.0);
        for (n, x) in response.iter().enumerate() {
            let phase = std::f64::consts::TAU * freq_hz * n as f64 / f64::from(RATE);
            re += x * phase.cos();
            im -= x * phase.sin();
        }
        let measured_db = 10.0 * f64::log10(re * re + im * im);
        let ours_db = response_db(&settings.eq, freq_hz, f64::from(RATE));
        assert!((measured_db - ours_db).abs() < AGREEMENT_DB, "{freq_hz} Hz: ffmpeg {measured_db:.3} dB, ours {ours_db:.3} dB");
    }
}

#[test]
fn what_a_format_cannot_carry_is_said_in_it() {
    let settings = everything();
    for Named { name, format, .. } in FORMATS {
        let text = export(&settings, format, RATE).unwrap();
        assert!(text.ends_with('\n'), "{name} does not end its last line");
        let words = text.to_lowercase();
        assert!(words.contains("compression") || words.contains("dynamics"), "{name} is silent about dynamics:\n{text}");
        assert!(words.contains("limiter"), "{name} is silent about the limiter:\n{text}");
    }
    let reaper = export(&settings, Format::Reaper, RATE).unwrap();
    assert!(reaper.contains("mid/side"), "{reaper}");
    let plain = export(&linear(), Format::Ffmpeg, RATE).unwrap();
    assert!(!plain.contains("not_carried"), "nothing is missing here: {plain}");
}

#[test]
fn json_comes_back_as_the_same_settings() {
    let settings = everything();
    let json = export(&settings, Format::Json, RATE).unwrap();
    assert_eq!(serde_json::from_str::<Settings>(&json).unwrap(), settings);
}

#[test]
fn text_tells_every_band_so_that_it_can_be_dialled_in_again() {
    let settings = everything();
    let text = export(&settings, Format::Text, RATE).unwrap().replace('\u{2212}', "-");
    let lines: Vec<Vec<&str>> = text.lines().map(|l| l.split_whitespace().collect()).collect();
    let read: Vec<(f64, Option<f64>, f64)> = lines
        .iter()
        .filter(|words| words.contains(&"Hz") && words.contains(&"Q"))
        .map(|words| {
            let before = |unit: &str| words.iter().position(|w| *w == unit).map(|at| words[at - 1].parse::<f64>().unwrap());
            let q = words[words.iter().position(|w| *w == "Q").unwrap() + 1].parse().unwrap();
            (before("Hz").unwrap(), before("dB"), q)
        })
        .collect();
    assert_eq!(read.len(), settings.eq.len(), "{text}");
    for ((freq_hz, gain_db, q), band) in read.into_iter().zip(&settings.eq) {
        assert!((freq_hz - band.freq_hz).abs() <= 0.5, "{freq_hz} Hz");
        assert!((gain_db.unwrap_or(0.0) - band.gain_db).abs() <= 0.005);
        assert!((q - band.q).abs() <= 0.0005);
    }
    for told in
        ["Input gain     -3.00 dB", "Output gain    1.25 dB", "ceiling -1.00 dBTP", "mono below   120 Hz", "ratio 2.00:1", "below 160 Hz"]
    {
        assert!(text.contains(told), "no {told:?} in\n{text}");
    }
    assert!(export(&Settings::default(), Format::Text, RATE).unwrap().contains("Nothing is changed"));
}

#[test]
fn camilladsp_yaml_parses_and_its_pipeline_names_what_exists() {
    for settings in [everything(), Settings::default(), Settings { eq: stereo_bands(), ..Settings::default() }] {
        let text = export(&settings, Format::CamillaDsp, RATE).unwrap();
        let yaml = &YamlLoader::load_from_str(&text).unwrap()[0];
        assert_eq!(yaml["devices"]["samplerate"].as_i64(), Some(i64::from(RATE)));
        let steps = yaml["pipeline"].as_vec().unwrap();
        let mut named = 0;
        for step in steps {
            match step["type"].as_str() {
                Some("Mixer") => assert!(yaml["mixers"][step["name"].as_str().unwrap()]["mapping"].as_vec().is_some()),
                Some("Filter") => {
                    for name in step["names"].as_vec().unwrap() {
                        assert!(!yaml["filters"][name.as_str().unwrap()]["parameters"].is_badvalue(), "{name:?} in\n{text}");
                        named += 1;
                    }
                }
                other => panic!("step {other:?}"),
            }
        }
        let Yaml::Hash(filters) = &yaml["filters"] else { panic!("no filters in\n{text}") };
        assert_eq!(named, filters.len(), "a filter is defined but not used, or used twice");
    }
    let text = export(&Settings { eq: stereo_bands(), ..Settings::default() }, Format::CamillaDsp, RATE).unwrap();
    let bell = &YamlLoader::load_from_str(&text).unwrap()[0]["filters"]["eq_3"]["parameters"];
    assert_eq!((bell["freq"].as_f64(), bell["gain"].as_f64(), bell["q"].as_f64()), (Some(262.5), Some(-4.2), Some(1.13)));
}

#[test]
fn equalizer_apo_lines_have_its_syntax() {
    let text = export(&linear(), Format::EqualizerApo, RATE).unwrap();
    assert!(text.contains("Preamp: -1.75 dB\n"), "{text}");
    assert!(text.contains("Filter: ON PK Fc 262.5 Hz Gain -4.2 dB Q 1.13\n"), "{text}");
    assert!(text.contains("Filter: ON HPQ Fc 31.5 Hz Q 0.707\n"), "{text}");
    assert!(text.contains("Filter: ON LSC Fc 95 Hz Gain 2.35 dB Q 0.8\n"), "{text}");
    assert!(text.contains("Copy: MID=0.5*L+0.5*R SIDE=0.5*L+-0.5*R\n"), "{text}");
}

#[test]
fn reaeq_state_has_the_layout_of_one_that_reaper_saved() {
    let mut settings = Settings { eq: stereo_bands(), output_gain_db: -6.0, ..Settings::default() };
    settings.eq[2].q = std::f64::consts::SQRT_2;
    let chain = export(&settings, Format::Reaper, RATE).unwrap();
    let lines: Vec<&str> = chain.lines().collect();
    let at = lines.iter().position(|l| l.starts_with("<VST")).unwrap();
    let end = lines.iter().position(|l| *l == ">").unwrap();
    let decode = |line: &str| base64::engine::general_purpose::STANDARD.decode(line.trim()).unwrap();
    let header = decode(lines[at + 1]);
    assert_eq!(header.len(), 60);
    assert_eq!(&header[..4], b"qeer");
    let state: Vec<u8> = lines[at + 2..end - 1].iter().flat_map(|l| decode(l)).collect();
    let word = |at: usize| u32::from_le_bytes(state[at..at + 4].try_into().unwrap());
    let real = |at: usize| f64::from_le_bytes(state[at..at + 8].try_into().unwrap());
    assert_eq!(u32::from_le_bytes(header[48..52].try_into().unwrap()) as usize, state.len());
    assert_eq!(state.len(), 40 + 33 * settings.eq.len());
    assert_eq!((word(0), word(4) as usize), (33, settings.eq.len()));
    let third = 8 + 2 * 33;
    assert_eq!((word(third), word(third + 4), real(third + 8)), (8, 1, 262.5));
    assert!((20.0 * real(third + 16).log10() + 4.2).abs() < 1e-9);
    assert!((real(third + 24) - 1.0).abs() < 1e-12, "a Q of the square root of two is one octave");
    let tail = state.len() - 32;
    assert!((20.0 * real(tail + 8).log10() + 6.0).abs() < 1e-9);
    assert_eq!([word(tail + 16), word(tail + 20), word(tail + 24), word(tail + 28)], [0, 576, 363, 2]);
}

#[test]
fn an_unknown_format_lists_the_known_ones() {
    let message = Format::find("protools").unwrap_err().to_string();
    assert!(message.contains("protools") && message.contains("camilladsp"), "{message}");
    assert_eq!(Format::find("FFmpeg").unwrap(), Format::Ffmpeg);
}
