//! Catalogue: the twins of what can be granted.

use gatewright_terms::{PermissionName, Slug};
use minicbor::{Decode, Encode};

use super::list::List;
use super::{label, word};
use crate::limits::{PERMISSIONS_MAX, ROLES_MAX};
use crate::malformed::Defect;
use crate::program::{Catalogue, Permission, Risk, Role, Scope};

#[derive(Encode, Decode)]
#[cbor(map)]
pub(super) struct CatalogueWire<'a> {
    #[b(0)]
    permissions: List<PermissionWire<'a>, PERMISSIONS_MAX>,
    #[b(1)]
    roles: List<RoleWire<'a>, ROLES_MAX>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct PermissionWire<'a> {
    #[b(0)]
    name: &'a str,
    #[n(1)]
    risk: RiskWire,
}

#[derive(Encode, Decode, Clone, Copy)]
#[cbor(index_only)]
enum RiskWire {
    #[n(0)]
    None,
    #[n(1)]
    Credential,
    #[n(2)]
    Spend,
    #[n(3)]
    Privileged,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct RoleWire<'a> {
    #[n(0)]
    scope: ScopeWire,
    #[b(1)]
    slug: &'a str,
    #[b(2)]
    label: &'a str,
    #[n(3)]
    permits: List<u32, PERMISSIONS_MAX>,
}

#[derive(Encode, Decode, Clone, Copy)]
#[cbor(index_only)]
enum ScopeWire {
    #[n(0)]
    Org,
    #[n(1)]
    Project,
}

impl<'a> CatalogueWire<'a> {
    pub(super) fn of(catalogue: &'a Catalogue) -> Self {
        Self {
            permissions: List::of(&catalogue.permissions, |permission| PermissionWire {
                name: permission.name.as_str(),
                risk: match permission.risk {
                    Risk::None => RiskWire::None,
                    Risk::Credential => RiskWire::Credential,
                    Risk::Spend => RiskWire::Spend,
                    Risk::Privileged => RiskWire::Privileged,
                },
            }),
            roles: List::of(&catalogue.roles, |role| RoleWire {
                scope: match role.scope {
                    Scope::Org => ScopeWire::Org,
                    Scope::Project => ScopeWire::Project,
                },
                slug: role.slug.as_str(),
                label: &role.label,
                permits: List::of(&role.permits, |&permission| permission),
            }),
        }
    }

    pub(super) fn convert(&self) -> Result<Catalogue, Defect> {
        Ok(Catalogue {
            permissions: self.permissions.convert(PermissionWire::convert)?,
            roles: self.roles.convert(RoleWire::convert)?,
        })
    }
}

impl PermissionWire<'_> {
    fn convert(&self) -> Result<Permission, Defect> {
        let risk = match self.risk {
            RiskWire::None => Risk::None,
            RiskWire::Credential => Risk::Credential,
            RiskWire::Spend => Risk::Spend,
            RiskWire::Privileged => Risk::Privileged,
        };
        Ok(Permission { name: word(PermissionName::parse(self.name), "a permission")?, risk })
    }
}

impl RoleWire<'_> {
    fn convert(&self) -> Result<Role, Defect> {
        let scope = match self.scope {
            ScopeWire::Org => Scope::Org,
            ScopeWire::Project => Scope::Project,
        };
        Ok(Role {
            scope,
            slug: word(Slug::parse(self.slug), "a role")?,
            label: label(self.label, "the label of a role")?,
            permits: self.permits.convert(|&permission| Ok(permission))?,
        })
    }
}
