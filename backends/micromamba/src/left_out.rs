//! What an environment file asks for and its lock has in a category that is not installed: no lock made again changes that.

use std::collections::BTreeMap;

use pyve_formats::conda_lock::MAIN;
use pyve_plugin_api::{Command, Request};

use crate::environment::Environment;
use crate::lock::Lock;
use crate::pyve;

/// The categories of a lock that are installed: what is said now, else what was said when the environment was made.
pub fn categories(request: &Request) -> Vec<&str> {
    let said = chosen(request);
    if said.is_empty() { vec![MAIN] } else { said }
}

/// The same, where anybody said it.
pub fn chosen(request: &Request) -> Vec<&str> {
    let said = request.setting(CATEGORIES).or_else(|| request.recorded()?.setting(CATEGORIES));
    said.map_or_else(Vec::new, |said| said.values.iter().map(|value| value.as_str()).collect())
}

/// The key of the setting.
pub const CATEGORIES: &str = "categories";

/// Packages that one category has, and that are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    category: String,
    packages: Vec<String>,
    /// What is installed instead.
    installed: Vec<String>,
}

/// By category.
pub fn of(lock: &Lock, environment: &Environment, request: &Request) -> Vec<LeftOut> {
    let mut by_category: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for package in environment.content.packages.iter().filter(|package| lock.package(&package.name).is_none()) {
        if let Some(category) = lock.category_of(|name| name == package.name) {
            by_category.entry(category).or_default().push(package.name.clone());
        }
    }
    let installed: Vec<String> = categories(request).into_iter().map(str::to_owned).collect();
    let left_out = |(category, packages): (&str, Vec<String>)| LeftOut {
        category: category.to_owned(),
        packages,
        installed: installed.clone(),
    };
    by_category.into_iter().map(left_out).collect()
}

impl LeftOut {
    /// `conda-lock.yml locks pytest in the category 'dev', and only 'main' is installed`.
    pub fn text(&self, file: &str) -> String {
        let Self { category, packages, installed } = self;
        let (packages, installed) = (packages.join(", "), installed.join("', '"));
        format!("{file} locks {packages} in the category '{category}', and only '{installed}' is installed")
    }

    /// What installs them, too.
    pub fn command(&self) -> Command {
        let categories = self.installed.iter().chain([&self.category]);
        pyve(&["init", "--update"]).args(categories.flat_map(|category| ["--category", category]))
    }
}
