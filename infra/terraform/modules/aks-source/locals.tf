data "azurerm_client_config" "current" {}

locals {
  tags = merge({ "clustertrail-component" = "aks-source" }, var.tags)

  # Spelled out: looked up, the group would have to exist before the plan that makes it.
  resource_group_id = "/subscriptions/${data.azurerm_client_config.current.subscription_id}/resourceGroups/${var.resource_group_name}"

  # Names of storage accounts: a-z and 0-9 only, 24 at most.
  storage_name = "${substr(replace(var.name, "-", ""), 0, 15)}${substr(sha256("${local.resource_group_id}/${var.name}"), 0, 8)}"
}
