//! What a match did, on paper.

use super::flow::{Align, BODY, Column, Flow, LEFT, RIGHT, SMALL, STRONG};
use super::sheet::{Look, look};
use super::structure::Role;
use super::text::Cut;
use crate::report::chart::{Charts, ink};
use crate::report::story::MatchStory;

/// The whole section.
pub(super) fn draw(flow: &mut Flow<'_>, m: &MatchStory, charts: &Charts) {
    flow.heading("The match", "", 120.0);
    flow.paragraph(LEFT, RIGHT, &format!("{}. {}", m.mode, m.mode_reason), BODY, 17.0);
    flow.paragraph(LEFT, RIGHT, &format!("Amounts: {}.", m.amounts), BODY, 17.0);
    flow.y += 6.0;
    for (name, value) in &m.result {
        flow.room(16.0);
        flow.part(Role::Paragraph, |flow| {
            flow.line(LEFT, flow.y + 12.0, name, SMALL, Align::Left);
            flow.line(LEFT + 150.0, flow.y + 12.0, value, Look { size: 11.5, ..STRONG }, Align::Left);
        });
        flow.y += 16.0;
    }
    for chart in charts.tone.iter().chain(&charts.eq) {
        flow.chart(chart);
    }
    let plain = look(Cut::Regular, 11.0, ink::T2);
    let left = |head, share, look| Column { head, share, align: Align::Left, look };
    let right = |head, share| Column { head, share, align: Align::Right, look: plain };
    if !m.moves.is_empty() {
        flow.heading("Moves", "expected against measured in the rendered file", 80.0);
        let columns = [
            left("Move", 2.6, Look { size: 11.0, ..STRONG }),
            left("Measured on", 1.6, plain),
            right("Before", 1.25),
            right("Expected", 1.25),
            right("Measured", 1.25),
            right("Target", 1.25),
            left("Outcome", 2.5, plain),
        ];
        let rows: Vec<Vec<String>> = m
            .moves
            .iter()
            .map(|r| {
                let outcome = if r.reason.is_empty() { r.outcome.clone() } else { format!("{}: {}", r.outcome, r.reason) };
                vec![
                    r.what.clone(),
                    r.quantity.clone(),
                    r.before.clone(),
                    r.expected.clone(),
                    r.measured.clone(),
                    r.target.clone(),
                    outcome,
                ]
            })
            .collect();
        flow.table(&columns, &rows);
    }
    if !m.residuals.is_empty() {
        flow.heading("Distance to each reference", "before and after", 60.0);
        let columns = [
            left("Reference", 2.2, plain),
            right("Tone, dB", 1.0),
            right("after", 0.7),
            right("Loudness, LU", 1.1),
            right("after", 0.7),
            right("Width, dB", 1.0),
            right("after", 0.7),
        ];
        flow.table(&columns, &m.residuals.iter().map(|r| r.to_vec()).collect::<Vec<_>>());
    }
    list(flow, "Mended", &m.mended);
    list(flow, "New in the result", &m.new_findings);
    list(flow, "To know", &m.notes);
    list(flow, "How it was verified", &m.steps);
}

fn list(flow: &mut Flow<'_>, title: &str, items: &[String]) {
    if items.is_empty() {
        return;
    }
    flow.y += 14.0;
    flow.room(40.0);
    flow.part(Role::Heading(3, title.into()), |flow| flow.line(LEFT, flow.y + 12.0, title, STRONG, Align::Left));
    flow.y += 18.0;
    flow.part(Role::List, |flow| {
        for item in items {
            flow.part(Role::Item, |flow| flow.paragraph(LEFT, RIGHT, &format!("\u{b7} {item}"), Look { size: 11.5, ..BODY }, 16.0));
        }
    });
}
