resource "azurerm_storage_account" "host" {
  name                            = local.storage_name
  resource_group_name             = var.resource_group_name
  location                        = var.location
  account_kind                    = "StorageV2"
  account_tier                    = "Standard"
  account_replication_type        = "LRS"
  min_tls_version                 = "TLS1_2"
  https_traffic_only_enabled      = true
  allow_nested_items_to_be_public = false
  # No keys: the function signs in with its identity.
  shared_access_key_enabled       = false
  default_to_oauth_authentication = true
  local_user_enabled              = false
  tags                            = local.tags
}

resource "azurerm_storage_container" "packages" {
  name                  = "packages"
  storage_account_id    = azurerm_storage_account.host.id
  container_access_type = "private"
}

resource "azurerm_application_insights" "function" {
  count                         = var.log_analytics_workspace_id == null ? 0 : 1
  name                          = "${var.name}-ingest"
  resource_group_name           = var.resource_group_name
  location                      = var.location
  workspace_id                  = var.log_analytics_workspace_id
  application_type              = "Node.JS"
  local_authentication_disabled = true
  tags                          = local.tags
}

resource "azurerm_service_plan" "flex" {
  name                = "${var.name}-flex"
  resource_group_name = var.resource_group_name
  location            = var.location
  os_type             = "Linux"
  sku_name            = "FC1"
  tags                = local.tags
}

locals {
  settings = merge(
    var.extra_settings,
    {
      CLUSTERTRAIL_LAKE         = var.lake.lake_url
      CLUSTERTRAIL_QUARANTINE   = var.lake.quarantine_url
      CLUSTERTRAIL_AWS_ROLE_ARN = var.lake.role_arn
      CLUSTERTRAIL_AWS_AUDIENCE = azuread_application_identifier_uri.lake.identifier_uri
      CLUSTERTRAIL_AWS_REGION   = var.lake.region
      AZURE_CLIENT_ID           = azurerm_user_assigned_identity.function.client_id

      # The trigger's connection, by identity.
      CLUSTERTRAIL_EVENTHUB__fullyQualifiedNamespace = "${azurerm_eventhub_namespace.audit.name}.servicebus.windows.net"
      CLUSTERTRAIL_EVENTHUB__credential              = "managedidentity"
      CLUSTERTRAIL_EVENTHUB__clientId                = azurerm_user_assigned_identity.function.client_id
      CLUSTERTRAIL_EVENTHUB_NAME                     = azurerm_eventhub.audit.name
      CLUSTERTRAIL_EVENTHUB_CONSUMER_GROUP           = azurerm_eventhub_consumer_group.function.name

      # The host's own storage, by identity.
      AzureWebJobsStorage__accountName = azurerm_storage_account.host.name
      AzureWebJobsStorage__credential  = "managedidentity"
      AzureWebJobsStorage__clientId    = azurerm_user_assigned_identity.function.client_id
    },
    var.log_analytics_workspace_id == null ? {} : {
      APPLICATIONINSIGHTS_CONNECTION_STRING     = azurerm_application_insights.function[0].connection_string
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING = "ClientId=${azurerm_user_assigned_identity.function.client_id};Authorization=AAD"
    },
  )
}

# Through azapi: azurerm_function_app_flex_consumption puts a storage connection string into the settings even where an
# identity is asked for, and the host then uses it (hashicorp/terraform-provider-azurerm issues 29149 and 29693, open).
resource "azapi_resource" "function" {
  type      = "Microsoft.Web/sites@2024-04-01"
  name      = "${var.name}-ingest"
  parent_id = local.resource_group_id
  location  = var.location
  tags      = local.tags

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.function.id]
  }

  body = {
    kind = "functionapp,linux"
    properties = {
      serverFarmId = azurerm_service_plan.flex.id
      httpsOnly    = true
      functionAppConfig = {
        deployment = {
          storage = {
            type  = "blobContainer"
            value = "${azurerm_storage_account.host.primary_blob_endpoint}${azurerm_storage_container.packages.name}"
            authentication = {
              type                           = "UserAssignedIdentity"
              userAssignedIdentityResourceId = azurerm_user_assigned_identity.function.id
            }
          }
        }
        runtime = {
          name    = "node"
          version = var.node_version
        }
        scaleAndConcurrency = {
          instanceMemoryMB     = 2048
          maximumInstanceCount = var.maximum_instances
        }
      }
      siteConfig = {
        minTlsVersion = "1.2"
        appSettings   = [for name in sort(keys(local.settings)) : { name = name, value = local.settings[name] }]
      }
    }
  }

  # The host looks for its storage when it starts; without the role it would fail until it is restarted.
  depends_on = [azurerm_role_assignment.host_storage, azurerm_role_assignment.receive]
}

# No user name and password to upload code with: Entra only.
resource "azapi_update_resource" "no_basic_publishing" {
  for_each  = toset(["ftp", "scm"])
  type      = "Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01"
  name      = each.key
  parent_id = azapi_resource.function.id

  body = {
    properties = {
      allow = false
    }
  }
}

# Flex Consumption takes code only through its own deployment endpoint, which the provider's zip_deploy_file does not
# speak (hashicorp/terraform-provider-azurerm issue 29630, open); the Azure CLI does.
resource "terraform_data" "package" {
  count            = var.deploy_package ? 1 : 0
  triggers_replace = [azapi_resource.function.id, filesha256(var.package_path)]

  provisioner "local-exec" {
    command = "az functionapp deployment source config-zip --subscription \"$SUBSCRIPTION\" --resource-group \"$GROUP\" --name \"$APP\" --src \"$PACKAGE\""

    # As variables, so that no value is ever part of a command line that a shell reads.
    environment = {
      SUBSCRIPTION = data.azurerm_client_config.current.subscription_id
      GROUP        = var.resource_group_name
      APP          = azapi_resource.function.name
      PACKAGE      = var.package_path
    }
  }
}
