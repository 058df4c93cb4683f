# A hub for audit logs only: whatever else came through it would be read, counted and thrown away.
resource "azurerm_eventhub_namespace" "audit" {
  name                     = "${var.name}-audit"
  resource_group_name      = var.resource_group_name
  location                 = var.location
  sku                      = "Standard"
  capacity                 = var.throughput_units.initial
  auto_inflate_enabled     = var.throughput_units.maximum > var.throughput_units.initial
  maximum_throughput_units = var.throughput_units.maximum > var.throughput_units.initial ? var.throughput_units.maximum : null
  minimum_tls_version      = "1.2"
  # Diagnostic settings sign with the rule below; nothing of ours does.
  local_authentication_enabled = true
  tags                         = local.tags
}

resource "azurerm_eventhub" "audit" {
  name              = "audit"
  namespace_id      = azurerm_eventhub_namespace.audit.id
  partition_count   = var.partition_count
  message_retention = var.retention_days
}

resource "azurerm_eventhub_consumer_group" "function" {
  name                = "clustertrail"
  resource_group_name = var.resource_group_name
  namespace_name      = azurerm_eventhub_namespace.audit.name
  eventhub_name       = azurerm_eventhub.audit.name
}

# Azure Monitor takes no identity here, only a rule of the namespace, and asks that it may manage, send and listen.
# learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings
resource "azurerm_eventhub_namespace_authorization_rule" "diagnostics" {
  name                = "diagnostic-settings"
  resource_group_name = var.resource_group_name
  namespace_name      = azurerm_eventhub_namespace.audit.name
  manage              = true
  send                = true
  listen              = true
}

# Exactly one category: kube-audit holds all that kube-audit-admin holds, and both would send each write twice.
resource "azurerm_monitor_diagnostic_setting" "audit" {
  for_each                       = var.cluster_ids
  name                           = "${var.name}-audit"
  target_resource_id             = each.value
  eventhub_authorization_rule_id = azurerm_eventhub_namespace_authorization_rule.diagnostics.id
  eventhub_name                  = azurerm_eventhub.audit.name

  enabled_log {
    category = var.category
  }
}
