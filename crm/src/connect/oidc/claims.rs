//! What identity providers say of a person, under the claim names of SPID and CIE.
use openidconnect::core::CoreGenderClaim;
use openidconnect::{AdditionalClaims, IdTokenClaims, LocalizedClaim, SubjectIdentifier, UserInfoClaims};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A person as the provider vouches for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who vouches.
    pub issuer: String,
    /// The provider's name for the person: with the issuer, the key of a citizen.
    pub subject: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Codice fiscale, when there is one that is well formed.
    pub fiscal_code: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
}

/// The claims that only Italian identities have. Values that are not text are ignored rather than refused.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PersonClaims {
    #[serde(rename = "https://attributes.eid.gov.it/fiscal_number", default, skip_serializing_if = "Option::is_none")]
    fiscal_number: Option<Value>,
    #[serde(rename = "https://attributes.spid.gov.it/fiscal_number", default, skip_serializing_if = "Option::is_none")]
    older_fiscal_number: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    roles: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    groups: Option<Value>,
}
impl AdditionalClaims for PersonClaims {}

impl PersonClaims {
    /// The codice fiscale without the `TINIT-` before it; none when it is not well formed.
    fn fiscal_code(&self) -> Option<String> {
        let text = [&self.fiscal_number, &self.older_fiscal_number].into_iter().flatten().find_map(Value::as_str)?.trim();
        let code = text.strip_prefix("TINIT-").unwrap_or(text).to_ascii_uppercase();
        contract::fiscal_code::is_valid(&code).then_some(code)
    }
}

impl PersonClaims {
    /// The words of `roles` and `groups`, as staff directories name them: lists of texts, or one text.
    fn roles(&self) -> Vec<String> {
        let claims = [&self.roles, &self.groups].into_iter().flatten();
        let words = claims.flat_map(|claim| match claim {
            Value::Array(words) => words.iter().filter_map(Value::as_str).collect(),
            Value::String(words) => words.split_whitespace().collect(),
            _ => Vec::new(),
        });
        words.map(str::to_owned).collect()
    }
}

/// A person while the claims are gathered.
pub(super) struct Person {
    subject: SubjectIdentifier,
    given_name: Option<String>,
    family_name: Option<String>,
    fiscal_code: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    roles: Vec<String>,
    level: u8,
}

impl Person {
    /// What the ID token says.
    pub(super) fn from_id_token(claims: &IdTokenClaims<PersonClaims, CoreGenderClaim>) -> Self {
        Self {
            subject: claims.subject().clone(),
            given_name: words(claims.given_name()),
            family_name: words(claims.family_name()),
            fiscal_code: claims.additional_claims().fiscal_code(),
            email: claims.email().map(|email| email.to_string()),
            phone: claims.phone_number().map(|phone| phone.to_string()),
            roles: claims.additional_claims().roles(),
            level: claims.auth_context_ref().map_or(1, |acr| super::level(acr)),
        }
    }

    /// Fills what is missing with what the user info endpoint says.
    pub(super) fn add_user_info(&mut self, claims: &UserInfoClaims<PersonClaims, CoreGenderClaim>) {
        let fill = |slot: &mut Option<String>, value: Option<String>| {
            if slot.is_none() {
                *slot = value;
            }
        };
        fill(&mut self.given_name, words(claims.given_name()));
        fill(&mut self.family_name, words(claims.family_name()));
        fill(&mut self.fiscal_code, claims.additional_claims().fiscal_code());
        fill(&mut self.email, claims.email().map(|email| email.to_string()));
        fill(&mut self.phone, claims.phone_number().map(|phone| phone.to_string()));
        self.roles.extend(claims.additional_claims().roles());
    }

    /// Whether the ID token already said who it is: SPID's says nothing, others say the name and nothing of what is Italian.
    pub(super) fn is_known(&self) -> bool {
        self.has_a_name() && self.fiscal_code.is_some()
    }

    /// How surely the ID token says who it is.
    pub(super) fn level(&self) -> u8 {
        self.level
    }

    /// Whether there is a name.
    pub(super) fn has_a_name(&self) -> bool {
        self.given_name.is_some() && self.family_name.is_some()
    }

    /// What they may be, by the ID token and the user info endpoint.
    pub(super) fn roles(&self) -> Vec<String> {
        self.roles.clone()
    }

    /// The provider's name for the person.
    pub(super) fn subject(&self) -> &SubjectIdentifier {
        &self.subject
    }

    /// The whole person.
    pub(super) fn identity(self, issuer: &str) -> Identity {
        Identity {
            issuer: issuer.to_owned(),
            subject: self.subject.to_string(),
            given_name: self.given_name.unwrap_or_default(),
            family_name: self.family_name.unwrap_or_default(),
            fiscal_code: self.fiscal_code,
            email: self.email.as_deref().and_then(harmless),
            phone: self.phone.as_deref().and_then(harmless),
        }
    }
}

/// A claim without language, or in whichever language it has.
fn words<T: std::ops::Deref<Target = String>>(claim: Option<&LocalizedClaim<T>>) -> Option<String> {
    let claim = claim?;
    harmless(claim.get(None).or_else(|| claim.iter().map(|(_, text)| text).next())?)
}

/// A text without control characters and direction marks; none when nothing is left.
fn harmless(text: &str) -> Option<String> {
    let clean: String = text.chars().filter(|character| contract::text::is_safe(*character)).collect();
    Some(clean.trim().to_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(json: &str) -> Option<String> {
        serde_json::from_str::<PersonClaims>(json).expect("claims").fiscal_code()
    }

    #[test]
    fn the_codice_fiscale_is_found_under_both_names_with_and_without_prefix() {
        assert_eq!(
            code(r#"{"https://attributes.eid.gov.it/fiscal_number":"TINIT-RSSMRA70A01H501S"}"#).as_deref(),
            Some("RSSMRA70A01H501S")
        );
        assert_eq!(code(r#"{"https://attributes.spid.gov.it/fiscal_number":"rssmra70a01h501s"}"#).as_deref(), Some("RSSMRA70A01H501S"));
    }

    #[test]
    fn a_codice_fiscale_may_be_absent_and_a_wrong_one_is_none() {
        assert_eq!(code("{}"), None);
        assert_eq!(code(r#"{"https://attributes.eid.gov.it/fiscal_number":"TINIT-AATTTJDFKSKDF89"}"#), None);
        assert_eq!(code(r#"{"https://attributes.eid.gov.it/fiscal_number":42}"#), None);
    }
}
