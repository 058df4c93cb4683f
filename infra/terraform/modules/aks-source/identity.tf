# Who the function is, in Azure and, through the application below, in AWS. A user-assigned identity keeps its id when
# the function app is made anew; the AWS role trusts that id.
resource "azurerm_user_assigned_identity" "function" {
  name                = "${var.name}-ingest"
  resource_group_name = var.resource_group_name
  location            = var.location
  tags                = local.tags
}

# The audience of tokens for AWS. Nobody signs in to it and it holds no secret; an application is how Entra names an
# audience. Version 1 tokens: issuer https://sts.windows.net/TENANT/, audience the identifier URI.
resource "azuread_application" "lake" {
  display_name     = "ClusterTrail lake (${var.name})"
  sign_in_audience = "AzureADMyOrg"

  api {
    requested_access_token_version = 1
  }

  app_role {
    id                   = random_uuid.writer.result
    value                = "Lake.Write"
    display_name         = "Write to the lake"
    description          = "May ask for tokens that the writer role in AWS takes"
    allowed_member_types = ["Application"]
  }

  lifecycle {
    ignore_changes = [identifier_uris]
  }
}

resource "random_uuid" "writer" {}

resource "azuread_application_identifier_uri" "lake" {
  application_id = azuread_application.lake.id
  identifier_uri = "api://${azuread_application.lake.client_id}"
}

# With the assignment required, no other principal of the tenant is given a token for this audience. The role in AWS
# checks the principal too.
resource "azuread_service_principal" "lake" {
  client_id                    = azuread_application.lake.client_id
  app_role_assignment_required = true
}

resource "azuread_app_role_assignment" "function" {
  app_role_id         = random_uuid.writer.result
  principal_object_id = azurerm_user_assigned_identity.function.principal_id
  resource_object_id  = azuread_service_principal.lake.object_id
}

# On the hub, not on the namespace.
resource "azurerm_role_assignment" "receive" {
  scope                = azurerm_eventhub.audit.id
  role_definition_name = "Azure Event Hubs Data Receiver"
  principal_id         = azurerm_user_assigned_identity.function.principal_id
  principal_type       = "ServicePrincipal"
}

# The Functions host keeps leases, checkpoints and the package here, and makes the containers for them itself. The
# account serves this one app.
resource "azurerm_role_assignment" "host_storage" {
  scope                = azurerm_storage_account.host.id
  role_definition_name = "Storage Blob Data Owner"
  principal_id         = azurerm_user_assigned_identity.function.principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "telemetry" {
  count                = var.log_analytics_workspace_id == null ? 0 : 1
  scope                = azurerm_application_insights.function[0].id
  role_definition_name = "Monitoring Metrics Publisher"
  principal_id         = azurerm_user_assigned_identity.function.principal_id
  principal_type       = "ServicePrincipal"
}
