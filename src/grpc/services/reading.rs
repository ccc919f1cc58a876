//! A pack as people read it: part of PackService.

use crate::domain::ids::UnitId;
use crate::engine::rulesets::Ruleset;
use crate::grpc::api::Api;
use crate::grpc::convert::task;
use crate::grpc::pb;
use crate::grpc::refused::Refused;
use crate::rules::pack::{Pack, Rule, told};
use crate::store::packs;
use std::collections::HashMap;

impl Api {
    /// ReadPack.
    pub(super) async fn read_pack(
        &self,
        unit: UnitId,
        asked: &pb::ReadPackRequest,
    ) -> Result<pb::ReadPackResponse, Refused> {
        let rules: std::sync::Arc<Ruleset> = self.rules(unit).await?;
        let pack = &rules.pack;
        let conn = self.store().reader();
        let row = packs::list(conn).await?.into_iter().find(|row| row.0 == pack.hash);
        let active = packs::active(conn, unit).await?;
        let mut read = pb::ReadPackResponse {
            pack: row.map(|row| super::packs::shown(row, active.as_ref())),
            kinds: pack.task_kinds.values().map(kind).collect(),
            topics: pack
                .contact_topics
                .iter()
                .map(|(name, label)| pb::TopicText { name: name.clone(), label: label.clone() })
                .collect(),
            ..pb::ReadPackResponse::default()
        };
        if !asked.without_rules {
            let spoke = packs::spoke(self.store(), unit, self.now()).await?;
            read.rules = rule_texts(pack, &spoke);
            read.limits = limit_texts(pack, &read.rules);
        }
        Ok(read)
    }
}

fn kind(kind: &crate::rules::pack::TaskKind) -> pb::KindText {
    pb::KindText {
        name: kind.name.clone(),
        title: kind.title.clone(),
        form: Some(task::form(kind)),
        by_hand: kind.by_hand && !kind.gathers,
        minutes: i32::try_from(kind.minutes).unwrap_or(i32::MAX),
    }
}

fn rule_texts(pack: &Pack, spoke: &HashMap<String, i64>) -> Vec<pb::RuleText> {
    let scenarios = told::scenarios(pack);
    let text = |rule: &Rule| pb::RuleText {
        name: rule.name.clone(),
        path: rule.place.file.clone(),
        cites: rule.cites.clone().unwrap_or_default(),
        on: rule.on.clone(),
        for_each: rule.each.as_ref().map_or(String::new(), |each| each.list().source().to_owned()),
        when: rule.when.as_ref().map_or(String::new(), |when| when.source().to_owned()),
        effects: told::effects(pack, rule),
        scenarios: scenarios
            .get(rule.name.as_str())
            .map(|names| names.iter().map(|name| (*name).to_owned()).collect())
            .unwrap_or_default(),
        limits: told::limits(pack, rule),
        spoke: spoke.get(&rule.name).copied().unwrap_or_default(),
        because: rule.because.clone().unwrap_or_default(),
        line: i32::try_from(rule.place.line).unwrap_or_default(),
    };
    pack.rules.iter().map(text).collect()
}

fn limit_texts(pack: &Pack, rules: &[pb::RuleText]) -> Vec<pb::LimitText> {
    let text = |(name, limit): (&String, &crate::rules::pack::Limit)| pb::LimitText {
        name: name.clone(),
        value: limit.amount.to_string(),
        cites: limit.cites.clone().unwrap_or_default(),
        used_by: rules
            .iter()
            .filter(|rule| rule.limits.contains(name))
            .map(|rule| rule.name.clone())
            .collect(),
        about: limit.about.clone(),
    };
    pack.limits.iter().map(text).collect()
}
