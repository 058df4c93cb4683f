output "aws_trust" {
  description = "What the AWS role must trust: an entry of azure_writers of the lake module."
  value = {
    tenant_id     = data.azurerm_client_config.current.tenant_id
    principal_id  = azurerm_user_assigned_identity.function.principal_id
    audience      = azuread_application_identifier_uri.lake.identifier_uri
    subscriptions = distinct([for id in var.cluster_ids : lower(split("/", id)[2])])
  }
}

output "issuer" {
  description = "Issuer of the function's tokens for AWS: the URL of the IAM OIDC provider, slash included."
  value       = "https://sts.windows.net/${data.azurerm_client_config.current.tenant_id}/"
}

output "function_name" {
  description = "Name of the function app."
  value       = azapi_resource.function.name
}

output "deploy_command" {
  description = "Uploads the package by hand."
  value       = "az functionapp deployment source config-zip --resource-group ${var.resource_group_name} --name ${azapi_resource.function.name} --src ${var.package_path}"
}

output "event_hub" {
  description = "Namespace, hub and consumer group that the function reads."
  value = {
    namespace      = azurerm_eventhub_namespace.audit.name
    name           = azurerm_eventhub.audit.name
    consumer_group = azurerm_eventhub_consumer_group.function.name
  }
}

output "reads_collected" {
  description = "Whether the category holds reads (get, list)."
  value       = var.category == "kube-audit"
}

output "coverage" {
  description = "What is collected and what is not, in words."
  value       = var.category == "kube-audit" ? "All audit events are collected (kube-audit)." : "Writes are collected (kube-audit-admin). get and list are NOT, so no read of a secret is seen."
}
