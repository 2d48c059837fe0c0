//! People: who can sign in at the demonstration provider. Each shows one rule of the quickstart's policy.

/// A person as a provider knows them.
pub(crate) struct Person {
    pub(crate) subject: &'static str,
    pub(crate) name: &'static str,
    pub(crate) email: &'static str,
    pub(crate) groups: &'static [&'static str],
    /// What the policy of the quickstart makes of them.
    pub(crate) about: &'static str,
}

pub(crate) const PEOPLE: &[Person] = &[
    Person {
        subject: "u-olivia",
        name: "Olivia",
        email: "olivia@acme.example",
        groups: &[],
        about: "named as the owner",
    },
    Person {
        subject: "u-ada",
        name: "Ada",
        email: "ada@acme.example",
        groups: &["platform-admins"],
        about: "an admin by her group",
    },
    Person {
        subject: "u-ruth",
        name: "Ruth",
        email: "ruth@acme.example",
        groups: &["ml-research"],
        about: "an editor in the project research",
    },
    Person {
        subject: "u-ben",
        name: "Ben",
        email: "ben@acme.example",
        groups: &[],
        about: "in no group: a plain developer",
    },
    Person {
        subject: "u-oscar",
        name: "Oscar",
        email: "oscar@acme.example",
        groups: &["platform-admins", "offboarded"],
        about: "blocked: a block beats every grant",
    },
    Person {
        subject: "u-mallory",
        name: "Mallory",
        email: "mallory@evil.example",
        groups: &["platform-admins"],
        about: "an address outside the organisation's domains",
    },
];

pub(crate) fn find(subject: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.subject == subject)
}

pub(crate) fn names() -> String {
    PEOPLE.iter().map(|person| person.name).collect::<Vec<_>>().join(", ")
}
