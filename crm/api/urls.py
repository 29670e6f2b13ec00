from crm.api.docs import ApiSchema
from crm.api.routes import routes

urlpatterns = routes(
    {
        "schema": ApiSchema,
    }
)
