//! How many instances of each own serving workload production may run, whoever decides it: a fixed count, an autoscaler of
//! Kubernetes (HPA, KEDA, Knative), a platform's spec, or infrastructure code.
//!
//! An autoscaler belongs to the workload that it names, never to whatever else stands in the tree.

mod infra;
mod kubernetes;
mod platforms;

use super::Facts;
use crate::evidence::{Blind, Place};

/// A workload and how many instances of it there are.
#[derive(Clone, Debug)]
pub struct Scaled {
    /// `Deployment "web"`.
    pub title: String,
    /// Where it is declared.
    pub place: Place,
    /// The fewest instances.
    pub min: Bound,
    /// The most; of a workload without autoscaler the fixed count.
    pub max: Bound,
    /// What scales it, if anything does.
    pub scaler: Option<Scaler>,
    /// Where it says that nothing shall scale it.
    pub refused: Option<Place>,
}

/// What changes the number of instances.
#[derive(Clone, Debug)]
pub struct Scaler {
    /// `HorizontalPodAutoscaler "web"`.
    pub title: String,
    /// Where it is declared.
    pub place: Place,
    /// The share of CPU, in percent, above which it adds instances.
    pub cpu: Option<Bound>,
    /// The share of memory, in percent.
    pub memory: Option<Bound>,
    /// Which of the two its declaration could state at all.
    pub states: &'static [&'static str],
    /// Why it cannot work, where the tree shows that.
    pub broken: Option<(Place, String)>,
}

/// A number, where it is written, and what the report calls it.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// The number.
    pub amount: Amount,
    /// Where it is written, or where it should be.
    pub place: Place,
    /// `minReplicas of HorizontalPodAutoscaler "web"`.
    pub what: String,
}

/// A number of instances, or a threshold.
#[derive(Clone, Debug, PartialEq)]
pub enum Amount {
    /// It is written there.
    Written(f64),
    /// Nobody wrote it; what declares the object then takes this.
    Default(f64),
    /// Nobody wrote an end.
    Unbounded,
    /// The tree does not say.
    Unknown(String),
}

/// Every own serving workload of production with its number of instances.
#[derive(Debug, Default)]
pub struct Scaling {
    /// They, by place.
    pub workloads: Vec<Scaled>,
    /// Workloads whose declaration has no word for it, and what could not be read.
    pub blind: Vec<Blind>,
}

/// Finds them.
pub fn read(facts: &Facts<'_>) -> Scaling {
    let mut view = Scaling::default();
    kubernetes::read(facts, &mut view);
    platforms::read(facts, &mut view);
    infra::read(facts, &mut view);
    view.workloads.sort_by(|a, b| a.place.cmp(&b.place));
    view
}

impl Bound {
    fn new(amount: Amount, place: Place, what: impl Into<String>) -> Self {
        Self { amount, place, what: what.into() }
    }
}

impl Amount {
    /// The number, if there is one; no end is more than any.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Written(number) | Self::Default(number) => Some(*number),
            Self::Unbounded => Some(f64::INFINITY),
            Self::Unknown(_) => None,
        }
    }
}

impl Scaled {
    /// Whether there can be more than one instance; `None` where the tree does not say.
    pub fn is_many(&self) -> Option<bool> {
        self.max.amount.number().map(|max| max > 1.0)
    }

    /// Whether something may add instances: `None` where the numbers are not known.
    pub fn grows(&self) -> Option<bool> {
        let Some(scaler) = &self.scaler else { return Some(false) };
        if scaler.broken.is_some() {
            return Some(false);
        }
        // One that names the workload and numbers that stand elsewhere still scales; one whose ends meet does not.
        match (self.min.amount.number(), self.max.amount.number()) {
            (Some(min), Some(max)) => Some(max > min),
            _ => None,
        }
    }
}
