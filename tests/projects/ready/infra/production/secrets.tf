# Roles and audit of Vault; the secrets themselves are written by hand or made by it, and never stand in a file.
resource "vault_audit" "file" {
  type = "file"

  options = {
    file_path = "/vault/audit/audit.log"
  }
}

resource "vault_kubernetes_auth_backend_role" "parcel" {
  backend                          = "kubernetes"
  role_name                        = "parcel-api"
  bound_service_account_names      = ["parcel-api"]
  bound_service_account_namespaces = ["parcel"]
  token_policies                   = ["parcel-api"]
  token_ttl                        = 900
}

resource "vault_database_secret_backend_static_role" "parcel" {
  backend         = "database"
  db_name         = "parcel"
  name            = "parcel-app"
  username        = "parcel_app"
  rotation_period = 604800
}
