//! Questionnaires at the office API: brought in, opened, closed, read, their results published.
use crate::{FILE_TIME, Office, OfficeError, unreachable};
use contract::id::{AttachmentId, QuestionnaireId};
use contract::questionnaires::{NewResults, OfficeQuestionnaire, QuestionnaireMove, Standing};
use contract::{Page, paths};

impl Office {
    /// All questionnaires, the newest first.
    ///
    /// # Errors
    /// When the CRM does not answer or refuses.
    pub async fn questionnaires(&self) -> Result<Vec<OfficeQuestionnaire>, OfficeError> {
        Ok(self.ask::<Page<OfficeQuestionnaire>>(self.http.get(self.at(paths::OFFICE_QUESTIONNAIRES))).await?.items)
    }

    /// Brings in a questionnaire, or a new version of it; `file` is sent as it is.
    ///
    /// # Errors
    /// When the CRM does not answer or refuses: the problem has a field for each thing that is wrong, with line and column.
    pub async fn bring_questionnaire(&self, key: &str, file: Vec<u8>) -> Result<OfficeQuestionnaire, OfficeError> {
        let request = self.post(paths::OFFICE_QUESTIONNAIRES, key).header("content-type", "application/json").timeout(FILE_TIME);
        self.ask(request.body(file)).await
    }

    /// Opens or closes one; the same key does it once.
    ///
    /// # Errors
    /// When the CRM does not answer or refuses.
    pub async fn move_questionnaire(&self, id: &QuestionnaireId, key: &str, to: Standing) -> Result<OfficeQuestionnaire, OfficeError> {
        self.ask(self.post(&paths::office_questionnaire_moves(id), key).json(&QuestionnaireMove { to })).await
    }

    /// Publishes what came of one; the same key does it once.
    ///
    /// # Errors
    /// When the CRM does not answer or refuses.
    pub async fn publish_results(&self, id: &QuestionnaireId, key: &str, results: &NewResults) -> Result<OfficeQuestionnaire, OfficeError> {
        self.ask(self.post(&paths::office_questionnaire_results(id), key).json(results)).await
    }

    /// The answers: `json` or `csv`, as the CRM writes them.
    ///
    /// # Errors
    /// When the CRM does not answer or refuses.
    pub async fn answers(&self, id: &QuestionnaireId, format: &str) -> Result<String, OfficeError> {
        let answer = self.send(self.http.get(self.at(&paths::office_questionnaire_answers(id, format))).timeout(FILE_TIME)).await?;
        answer.text().await.map_err(|error| unreachable(&error))
    }

    /// A file of an answer.
    ///
    /// # Errors
    /// When the CRM does not answer or refuses.
    pub async fn answer_file(&self, id: &QuestionnaireId, file: &AttachmentId) -> Result<Vec<u8>, OfficeError> {
        let answer = self.send(self.http.get(self.at(&paths::office_questionnaire_file(id, file))).timeout(FILE_TIME)).await?;
        Ok(answer.bytes().await.map_err(|error| unreachable(&error))?.to_vec())
    }
}
