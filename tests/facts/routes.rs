//! Tests of `src/facts/routes`.

use tusk_check::facts::Facts;
use tusk_check::facts::routes::Routes;
use tusk_check::tree::Tree;

fn with(files: &[(&str, &str)], check: impl FnOnce(&Routes)) {
    let tree = Tree::in_memory(files.iter().copied());
    let facts = Facts::new(&tree, "2026-01-01T00:00:00Z".parse().unwrap());
    check(facts.routes());
}

fn manifest(framework: &str) -> String {
    format!("[package]\nname = \"app\"\n[dependencies]\n{framework} = \"1\"\n")
}

/// The operations of a Rust tree, `!` behind those that tests request.
fn rust(framework: &str, files: &[(&str, &str)]) -> Vec<String> {
    let manifest = manifest(framework);
    let mut all = vec![("Cargo.toml", manifest.as_str())];
    all.extend(files);
    let mut found = Vec::new();
    with(&all, |routes| {
        let name = |one: &tusk_check::facts::routes::Operation| {
            format!("{}{}", one.name(), if one.tested.is_some() { " !" } else { "" })
        };
        found = routes.operations.iter().map(name).collect();
    });
    found
}

/// The operations of a tree, `!` behind those that tests request.
fn names(files: &[(&str, &str)]) -> Vec<String> {
    let mut found = Vec::new();
    with(files, |routes| {
        found = routes
            .operations
            .iter()
            .map(|one| format!("{}{}", one.name(), if one.tested.is_some() { " !" } else { "" }))
            .collect();
    });
    found
}

#[test]
fn axum_nests_by_name_inline_and_across_files() {
    let files = [
        (
            "src/main.rs",
            "fn app() -> Router {\n  let admin = Router::new().route(\"/stats\", get(stats)).route(PATH, delete(x));\n\
             \x20 // .route(\"/no\", get(no))\n\
             \x20 Router::new().route(\"/\", get(root)).route(\"/login\", get(form).post(login).layer(L::get(1)))\n\
             \x20   .nest(\"/api\", users::router()).nest(\"/admin\", admin)\n\
             \x20   .nest(\"/inline\", Router::new().route(\"/a/{id}\", any(a)))\n}\nconst PATH: &str = \"/const\";\nfn main() { serve(app()) }",
        ),
        (
            "src/users.rs",
            "pub fn router() -> Router { Router::new().route(\"/users/:id\", get(one)).merge(more()) }\nfn more() -> Router { Router::new().route(\"/more\", post(m)) }",
        ),
        ("src/posts.rs", "pub fn router() -> Router { Router::new().route(\"/posts\", get(all)) }"),
    ];
    assert_eq!(
        rust("axum", &files),
        [
            "GET /",
            "GET /admin/const",
            "GET /admin/stats",
            "POST /api/more",
            "GET /api/users/{}",
            "* /inline/a/{}",
            "GET /login",
            "POST /login",
            "GET /posts"
        ]
        .map(|one| one.replace("GET /admin/const", "DELETE /admin/const"))
    );
    assert!(rust("serde", &files).is_empty(), "no framework, no routes");
}

#[test]
fn actix_scopes_resources_attributes_and_configure() {
    let files = [
        (
            "src/startup.rs",
            "use crate::handlers::{hello, plain};\n\
             pub fn run() { App::new().route(\"/home\", web::get().to(home))\n.service(web::scope(\"/admin\").wrap(from_fn(f)).route(\"/board\", web::get().to(b)).route(\"/news\", web::post().to(p)))\n\
             .service(web::resource(\"/r/{id}\").route(web::get().to(g)).route(web::put().to(p)))\n.service(web::scope(\"/v1\").service(hello).configure(config)).service(plain); }\n\
             fn config(cfg: &mut web::ServiceConfig) { cfg.route(\"/deep\", web::get().to(d)); }",
        ),
        (
            "src/handlers.rs",
            "#[get(\"/hello/{name}\")]\nasync fn hello() {}\n#[post(\"/plain\")]\npub async fn plain() {}\n",
        ),
    ];
    assert_eq!(
        rust("actix-web", &files),
        [
            "GET /admin/board",
            "POST /admin/news",
            "GET /home",
            "POST /plain",
            "GET /r/{}",
            "PUT /r/{}",
            "GET /v1/deep",
            "GET /v1/hello/{}"
        ]
    );
}

#[test]
fn rocket_warp_and_salvo() {
    let rocket = [(
        "src/main.rs",
        "#[get(\"/<id>?<q>\")]\nfn show(id: u8) {}\n#[rocket::post(\"/\", data = \"<x>\")]\nfn make() {}\nfn rocket() { rocket::build().mount(\"/items\", routes![show, make]) }",
    )];
    assert_eq!(rust("rocket", &rocket), ["POST /items", "GET /items/{}"]);
    let warp = [(
        "src/main.rs",
        "fn main() { let a = warp::path!(\"users\" / u32).and(warp::get()).map(f); let b = warp::path(\"in\").and(warp::path(\"side\")).and(warp::post()).map(g); }",
    )];
    assert_eq!(rust("warp", &warp), ["POST /in/side", "GET /users/{}"]);
    let salvo =
        [("src/main.rs", "fn main() { Router::with_path(\"a\").get(x).push(Router::with_path(\"<id>\").post(y)) }")];
    assert_eq!(rust("salvo", &salvo), ["GET /a", "POST /a/{}"]);
}

#[test]
fn a_request_of_a_test_reaches_its_operation_only() {
    let app = (
        "src/main.rs",
        "fn app() { Router::new().route(\"/\", get(r)).route(\"/login\", get(f).post(l)).route(\"/users/{id}\", get(u)).route(\"/users/me\", get(m))\
         .route(\"/out\", post(o)).route(\"/mocked\", get(k)).route(\"/var\", put(v)).route(\"/raw\", delete(d)).route(\"/never\", get(n)).route(\"/skipped\", get(s)).route(\"/from\", get(s)) }",
    );
    let helpers = (
        "tests/api/helpers.rs",
        "impl App { pub async fn post_login(&self) { self.client.post(&format!(\"{}/login\", self.address)).send() }\n\
         pub async fn never_called(&self) { self.client.get(&format!(\"{}/never\", self.address)).send() }\n\
         async fn assert_moves(&self, from: &str, to: &str) { self.client.get(from).send() } }",
    );
    let tests = (
        "tests/api/login.rs",
        "#[tokio::test]\nasync fn works() { let app = spawn(); app.post_login().await; assert_eq!(location, \"/out\"); assert_is_redirect(&r, \"/users/me\");\n\
         // client.get(\"/never\")\nclient.get(\"http://localhost:80/users/7?x=1\").send();\nlet url = format!(\"{}/var\", a);\nclient.put(&url).send();\n\
         Mock::given(path(\"/mocked\")).and(method(\"GET\")).mount(&s);\napp.oneshot(Request::builder().method(Method::DELETE).uri(\"/raw\").body());\napp.assert_moves(\"/from\", \"/users/me\"); }\n\
         #[tokio::test]\n#[ignore]\nasync fn skipped() { client.get(\"/skipped\").send(); }",
    );
    assert_eq!(
        rust("axum", &[app, helpers, tests]),
        [
            "GET /",
            "GET /from !",
            "GET /login",
            "POST /login !",
            "GET /mocked",
            "GET /never",
            "POST /out",
            "DELETE /raw !",
            "GET /skipped",
            "GET /users/me",
            "GET /users/{} !",
            "PUT /var !"
        ]
    );
}

#[test]
fn a_test_module_in_the_source_requests_too() {
    let files = [(
        "src/main.rs",
        "fn app() { Router::new().route(\"/a\", get(r)).route(\"/b\", get(r)) }\n#[cfg(test)]\nmod tests { #[tokio::test] async fn t() { app().oneshot(Request::get(\"/a\").body(())); } }",
    )];
    assert_eq!(rust("axum", &files), ["GET /a !", "GET /b"]);
}

#[test]
fn grpc_methods_of_services_that_are_served() {
    let files = [
        ("Cargo.toml", "[package]\nname = \"app\"\n[dependencies]\ntonic = \"0.12\"\n"),
        (
            "proto/cart.proto",
            "syntax = \"proto3\";\npackage shop.v1;\nservice Cart {\n  rpc AddItem(Item) returns (Empty);\n  // rpc Gone(Item) returns (Empty);\n  rpc Empty_Cart(User) returns (Empty);\n}\nservice Other { rpc X(Y) returns (Z); }\n",
        ),
        ("src/main.rs", "fn main() { Server::builder().add_service(CartServer::new(c)) }"),
        (
            "tests/cart.rs",
            "#[tokio::test] async fn adds() { let client = CartClient::new(c); client.add_item(Item {}).await }",
        ),
    ];
    with(&files, |routes| {
        let names: Vec<_> = routes.operations.iter().map(|one| (one.name(), one.tested.is_some())).collect();
        assert_eq!(
            names,
            [("RPC /shop.v1.Cart/AddItem".to_owned(), true), ("RPC /shop.v1.Cart/Empty_Cart".to_owned(), false)]
        );
    });
}

#[test]
fn other_languages_mount_and_test() {
    let express = [
        ("package.json", r#"{"dependencies":{"express":"4"}}"#),
        (
            "src/app.js",
            "const express = require('express');\nconst users = require('./routes/users');\nconst app = express();\napp.get('/health', h);\napp.use('/users', users);\ncache.get('/no');\naxios.get('/no2', x);",
        ),
        (
            "src/routes/users.js",
            "const r = express.Router();\nr.get('/:id', a);\nr.route('/').post(b).put(c);\nmodule.exports = r;",
        ),
        (
            "test/app.test.js",
            "it('x', async () => { await request(app).get('/users/1'); expect(p).toBe('/health'); });",
        ),
    ];
    assert_eq!(names(&express), ["GET /health", "POST /users", "PUT /users", "GET /users/{} !"]);
    // What is told once stands before all controllers, and a template of the tests may begin with it.
    let nest = [
        ("package.json", r#"{"dependencies":{"@nestjs/core":"10"}}"#),
        (
            "src/main.ts",
            "import { NestFactory } from '@nestjs/core';\nasync function bootstrap() {\n  const app = await NestFactory.create(AppModule);\n  app.setGlobalPrefix('api/v2');\n  await app.listen(3000);\n}",
        ),
        (
            "src/orders.controller.ts",
            "import { Controller, Get, Post } from '@nestjs/common';\n@Controller('orders')\nexport class Orders {\n  @Get(':id')\n  one() {}\n  @Get(':id/lines')\n  lines() {}\n  @Post()\n  make() {}\n  @Get('open')\n  open() {}\n}",
        ),
        (
            "test/orders.e2e-spec.ts",
            "it('x', async () => {\n  await agent.get(`${PREFIX}/orders/${order.id}/lines`).expect(200);\n  await request(app.getHttpServer())\n    .post('/api/v2/orders').expect(201);\n  expect(other(`${PREFIX}/orders/open`)).toBe(1);\n});",
        ),
    ];
    let wanted = ["POST /orders !", "GET /orders/open", "GET /orders/{}", "GET /orders/{}/lines !"];
    assert_eq!(names(&nest), wanted);
    let table = [
        ("package.json", r#"{"dependencies":{"express":"4"}}"#),
        ("src/app.js", "const routes = require('./routes');\nconst app = express();\napp.use('/v1', routes);"),
        (
            "src/routes/index.js",
            "const users = require('./users');\nconst router = express.Router();\nconst all = [\n  { path: '/users', route: users },\n];\nall.forEach((one) => { router.use(one.path, one.route); });\nmodule.exports = router;",
        ),
        (
            "src/routes/users.js",
            "const router = express.Router();\nrouter.route('/').post(b);\nmodule.exports = router;",
        ),
        ("test/app.test.js", "it('x', async () => { await request(app)\n  .post('/v1/users'); });"),
    ];
    assert_eq!(names(&table), ["POST /v1/users !"]);
    let fastapi = [
        ("requirements.txt", "fastapi\n"),
        (
            "app/main.py",
            "app = FastAPI()\napp.include_router(items.router, prefix=\"/v1\")\n@app.get(\"/ping\")\ndef ping(): ...\n",
        ),
        (
            "app/items.py",
            "router = APIRouter(prefix=\"/items\")\n@router.post(\"/\")\ndef make(): ...\n@router.get(\"/{id}\")\ndef one(): ...\n",
        ),
        (
            "tests/test_items.py",
            "def test_one(client):\n    url = \"/ping\"\n    client.get(url)\n    expect_request(\"POST\", \"/v1/items\")\n    request_with_checks(api=\"/v1/items/{id}\", method=\"GET\", path_params={\"id\": 3})\n",
        ),
    ];
    assert_eq!(names(&fastapi), ["GET /ping !", "POST /v1/items", "GET /v1/items/{} !"]);
    let gin = [
        ("go.mod", "module x\nrequire github.com/gin-gonic/gin v1\n"),
        (
            "main.go",
            "func main() {\n r := gin.Default()\n v1 := r.Group(\"/v1\")\n v1.GET(\"/a/:id\", a)\n r.POST(\"/b\", b)\n http.HandleFunc(\"/c\", c)\n mux.HandleFunc(\"PUT /d\", d)\n m.HandleFunc(\"/e\", e).Methods(http.MethodGet, \"POST\")\n}",
        ),
        (
            "main_test.go",
            "func TestB(t *testing.T) { req := httptest.NewRequest(http.MethodPost, \"/b\", nil); q, _ := http.NewRequest(\"GET\", \"/v1/a/1\", nil) }",
        ),
    ];
    assert_eq!(names(&gin), ["POST /b !", "* /c", "PUT /d", "GET /e", "POST /e", "GET /v1/a/{} !"]);
    // A router that the code was given stands under a prefix of its caller; what asks for more of a path asks for that.
    let given = [
        ("go.mod", "module x\nrequire github.com/gin-gonic/gin v1\n"),
        (
            "api.go",
            "func (h *H) Register(engine *gin.RouterGroup) error {\n engine.GET(\"sources\", s)\n engine.GET(\"kinds\", k)\n ns := engine.Group(\"scoped\")\n ns.GET(\"sources/:id\", s)\n ns.GET(\"kinds\", k)\n return nil\n}\nfunc main() {\n r := gin.Default()\n r.GET(\"alive\", a)\n r.GET(path.Join(\"x\", y), a)\n}",
        ),
        (
            "api_test.go",
            "func TestB(t *testing.T) { q, _ := http.NewRequest(\"GET\", \"/v2/sources\", nil); http.NewRequest(\"GET\", \"/v2/scoped/kinds\", nil); http.NewRequest(\"GET\", \"/v2/alive\", nil) }",
        ),
    ];
    let wanted = ["GET /alive", "GET /kinds", "GET /scoped/kinds !", "GET /scoped/sources/{}", "GET /sources !"];
    assert_eq!(names(&given), wanted);
}

#[test]
fn tests_of_go_put_paths_together_and_keep_them_in_tables() {
    let routes = "func main() {\n r := gin.Default()\n v1 := r.Group(\"/v1\")\n v1.GET(\"/a\", x)\n v1.GET(\"/a/:id\", x)\n v1.PATCH(\"/a/:id/status\", x)\n v1.GET(\"/status\", x)\n v1.POST(\"/b\", x)\n v1.PUT(\"/c/:id\", x)\n v1.GET(\"/d\", x)\n}";
    let tests = "func TestA(t *testing.T) {\n doSigned(ctx, http.MethodGet, base+\"/v1/a/\"+created.ID, nil)\n doRequest(ctx, http.MethodPatch, base+\"/v1/a/\"+url.PathEscape(id)+\"/status\", nil)\n doRequest(ctx, http.MethodGet, base+\"/v1/a\"+query, nil)\n}\nvar table = []Case{\n {Name: \"b\", URL: \"/v1/b\", Method: http.MethodPost},\n {\n  URL:    fmt.Sprintf(\"/v1/c/%s\", id),\n  Method: \"PUT\",\n },\n {Name: \"/v1/d\", URL: other, Method: http.MethodGet},\n}\n";
    let module = ("go.mod", "module x\nrequire github.com/gin-gonic/gin v1\n");
    assert_eq!(
        names(&[module, ("main.go", routes), ("main_test.go", tests)]),
        [
            "GET /v1/a !",
            "GET /v1/a/{}",
            "PATCH /v1/a/{}/status !",
            "POST /v1/b !",
            "PUT /v1/c/{} !",
            "GET /v1/d",
            "GET /v1/status"
        ]
    );
}

#[test]
fn django_lists_stand_in_lists() {
    let urls = r#"
from django.urls import include, path, re_path
from rest_framework.routers import DefaultRouter

api_router = DefaultRouter()
api_router.register(r"orders", OrderViewSet)
api_router.register(
    r"bills",
    BillViewSet,
)

account = [path("login/", login)]

urlpatterns = [
    re_path(r"^api/", include([
        re_path("^documents/", include([
            re_path(r"^(?P<id>\d+)/preview/$", preview),
            path("search/", search),
        ])),
        *api_router.urls,
    ])),
    path("account/", include((account, "account"))),
    path("", home),
]
"#;
    with(&[("requirements.txt", "django==5.2\n"), ("shop/urls.py", urls)], |routes| {
        let found: Vec<&str> = routes.operations.iter().map(|one| one.path.as_str()).collect();
        assert_eq!(found, ["/", "/account/login", "/api/documents/search", "/api/documents/{}/preview"]);
        let unread = routes.blind.iter().filter(|blind| blind.why.contains("sets of views"));
        assert_eq!(unread.count(), 2, "each of them: {:?}", routes.blind);
    });
}

#[test]
fn koa_needs_no_slash_and_routers_have_prefixes() {
    let files = [
        ("package.json", r#"{"dependencies":{"koa":"2","koa-router":"12"}}"#),
        (
            "src/users.js",
            "const Router = require('koa-router');\nconst users = new Router({ prefix: '/users' });\n\
             users.get(':id', one);\nusers.post('make', '/', make);\nusers.get('all/new', list);\nmodule.exports = users;",
        ),
        ("src/other.js", "const app = express();\napp.get('env', x);\ncache.get('users', y);"),
    ];
    with(&files, |routes| {
        let found: Vec<String> = routes.operations.iter().map(tusk_check::facts::routes::Operation::name).collect();
        assert_eq!(found, ["POST /users", "GET /users/all/new", "GET /users/{}"]);
    });
}

#[test]
fn utoipa_describes_what_its_router_mounts() {
    let files = [
        (
            "src/main.rs",
            "fn app() { OpenApiRouter::new().routes(routes!(users::list, users::make)).route(paths::HEALTH, get(h)) }",
        ),
        (
            "src/users.rs",
            "#[utoipa::path(\n  get,\n  path = \"/users\",\n  tag = \"users\",\n)]\npub async fn list() {}\n\
             #[utoipa::path(post, path = USERS, responses((status = 200)))]\nasync fn make() {}\n\
             const USERS: &str = \"/users\";\n#[utoipa::path(delete, path = \"/unmounted\")]\nasync fn gone() {}",
        ),
        ("src/paths.rs", "pub static HEALTH: &str = \"/health\";"),
    ];
    assert_eq!(rust("axum", &files), ["* /health", "GET /users", "POST /users"].map(|one| one.replace('*', "GET")));
}

#[test]
fn what_only_a_developers_machine_serves_is_none_of_the_service() {
    let text = "fn app(state: State) -> Router {\n  let mut router = Router::new().route(\"/a\", get(a));\n\
         \x20 if state.config.env() == Env::Development { router = router.route(\"/index\", get(i)); }\n\
         \x20 if cfg!(debug_assertions) { router = router.route(\"/debug\", get(d)); }\n\
         \x20 if !cfg!(debug_assertions) { router = router.route(\"/b\", get(b)); }\n\
         \x20 if env == Env::Development || preview { router = router.route(\"/c\", get(c)); }\n\
         \x20 if env == Env::Development { log() } else { router = router.route(\"/d\", get(d)); }\n\
         \x20 if env == Env::Production { router = router.route(\"/e\", get(e)); }\n  router\n}";
    assert_eq!(rust("axum", &[("src/main.rs", text)]), ["GET /a", "GET /b", "GET /c", "GET /d", "GET /e"]);
}

#[test]
fn hostile_routers_end() {
    let nested = format!("fn a() {{ {} }}", ".nest(\"/x\", ".repeat(2000));
    let circular =
        "fn a() { Router::new().nest(\"/x\", b()) }\nfn b() { Router::new().nest(\"/y\", a()).route(\"/z\", get(h)) }";
    let unbalanced = "fn a() { .route(\"/x\", get(h) .scope( ))) }} warp::path!( #[get(\"";
    for text in [nested.as_str(), circular, unbalanced] {
        rust("axum", &[("src/main.rs", text), ("tests/a.rs", text)]);
    }
}

#[test]
fn blueprints_that_are_called_alike_keep_their_own_names_and_prefixes() {
    let package = |name: &str| {
        format!("from flask import Blueprint\nbp = Blueprint('{name}', __name__)\nfrom shop.{name} import routes\n")
    };
    let (orders, pages) = (package("orders"), package("pages"));
    let files = [
        ("requirements.txt", "flask==3.1.0\n"),
        (
            "shop/__init__.py",
            "from flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__)\n\n    from shop.pages import bp as pages_bp\n    \
             app.register_blueprint(pages_bp)\n\n    from shop.orders import bp as orders_bp\n    \
             app.register_blueprint(orders_bp, url_prefix='/api')\n    return app\n",
        ),
        ("shop/orders/__init__.py", orders.as_str()),
        (
            "shop/orders/routes.py",
            "from flask import jsonify\nfrom shop.orders import bp\n\n\n@bp.route('/orders')\ndef all():\n    return []\n\n\n@bp.route('/late')\ndef late():\n    return []\n",
        ),
        ("shop/pages/__init__.py", pages.as_str()),
        (
            "shop/pages/routes.py",
            "from flask import jsonify\nfrom shop.pages import bp\n\n\n@bp.route('/about')\ndef about():\n    return ''\n",
        ),
        (
            "tests/test_orders.py",
            "from flask import url_for\n\n\ndef test_all(client):\n    client.get(url_for('orders.all'))\n    client.get(url_for('pages.about'))\n",
        ),
    ];
    assert_eq!(names(&files), ["GET /about !", "GET /api/late", "GET /api/orders !"]);
}

#[test]
fn go_declares_on_chains_and_by_constants_and_with_lists_of_methods() {
    let module = ("go.mod", "module example.org/x\nrequire github.com/gin-gonic/gin v1\n");
    let routes = "package x\nimport (\n\t\"net/http\"\n\t\"example.org/x/api\"\n)\nconst (\n\tBase = \"/v1\"\n\tOrders = Base + \"/orders\"\n)\nfunc main() {\n r := gin.Default()\n r.Match([]string{\"GET\", \"HEAD\"}, \"/alive\", a)\n r.Handle(http.MethodPut, \"/put\", p)\n r.Group(\"/users\").Use(optional).POST(\"\", h.Create)\n client := r.Group(\"/client\")\n client.PUT(\"/:id\", h.Update)\n m.HandleFunc(Orders, h.Orders)\n m.HandleFunc(api.BillsPath, h.Bills)\n m.HandleFunc(Created, h.Created)\n set.Add(\"GET\", \"/none\")\n resty.New().Get(\"/asked\", &answer)\n}\nconst Created = \"order.created\"\n";
    let api = ("api/paths.go", "package api\nvar BillsPath = \"/bills\"\n");
    let tests = "package x\nimport \"example.org/x/api\"\nfunc TestA(t *testing.T) {\n http.Post(server.URL+api.BillsPath, \"\", nil)\n found := map[string]bool{\"/alive\": true}\n delete(found, \"/alive\")\n key := strings.Join(parts, \"/\")\n delete(found, key)\n req := httptest.NewRequest(http.MethodPut, \"/put\", nil)\n PutHandler(w, req)\n request, _ := http.NewRequest(\"GET\", server.URL+Orders, nil)\n}\n";
    assert_eq!(
        names(&[module, api, ("main.go", routes), ("main_test.go", tests)]),
        ["GET /alive", "HEAD /alive", "* /bills !", "PUT /client/{}", "PUT /put", "POST /users", "* /v1/orders !"]
    );
    with(&[module, ("main.go", routes), api], |routes| assert!(routes.blind.is_empty(), "{:?}", routes.blind));
    // What cannot be read is said.
    let unread = "package x\nimport \"net/http\"\nfunc main() {\n m.HandleFunc(elsewhere.Orders, h.Orders)\n build(r).Get(\"/orders\", h.Orders)\n}\nfunc (m *Mux) HandleFunc(pattern string, h http.Handler) {\n m.inner.HandleFunc(pattern, h)\n}\n";
    with(&[module, ("main.go", unread)], |routes| assert_eq!(routes.blind.len(), 2, "{:?}", routes.blind));
}

#[test]
fn files_in_their_places_are_operations() {
    let placed = |package: &str, path: &str, text: &str| {
        let manifest = format!("{{\"dependencies\": {{\"{package}\": \"1.0.0\"}}}}");
        let mut found = Vec::new();
        with(&[("package.json", &manifest), (path, text)], |routes| {
            found = routes.placed.iter().map(|one| format!("{} {}", one.method, one.path)).collect();
        });
        found.join(", ")
    };
    let both = "export async function GET() {}\nexport const POST = handler;\nexport type Shape = { PUT: string };\n";
    assert_eq!(placed("next", "src/app/(ops)/orders/[id]/route.ts", both), "GET /orders/{}, POST /orders/{}");
    assert_eq!(placed("next", "app/auth/[...all]/route.ts", "export { handler as GET };"), "GET /auth/{*}");
    assert_eq!(placed("next", "app/%5F_beat__/route.js", "export function GET() {}"), "GET /__beat__");
    assert_eq!(placed("next", "app/orders/page.tsx", "export function GET() {}"), "");
    assert_eq!(placed("next", "pages/api/orders/index.ts", "export default handler;"), "* /api/orders");
    assert_eq!(
        placed("nuxt", "server/api/orders.post.ts", "export default defineEventHandler(f);"),
        "POST /api/orders"
    );
    assert_eq!(placed("react", "src/app/orders/route.ts", both), "");
}

#[test]
fn what_a_request_carries_behind_its_path_is_no_part_of_it() {
    let ask = |request: &str| {
        let test = format!(
            "#[cfg(test)]\nmod tests {{\n  #[tokio::test]\n  async fn asks() {{ client().post(url().join({request})).send().await; }}\n}}"
        );
        let source = format!("fn app() -> Router {{ Router::new().route(\"/remove\", post(remove)) }}\n{test}");
        rust("axum", &[("src/main.rs", &source)]).join(", ")
    };
    assert_eq!(ask("\"/remove?path=/a/b\""), "POST /remove !");
    assert_eq!(ask("\"remove?path=/a/b\""), "POST /remove !");
    assert_eq!(ask("\"other?path=/remove\""), "POST /remove");
}

#[test]
fn what_a_decorator_of_a_cache_forgets_is_no_route() {
    let source = "from flask import Flask\napp = Flask(__name__)\n\n@app.get(\"/orders\")\ndef orders():\n    return []\n\n@cache.delete(\"orders\")\ndef change(order):\n    pass\n";
    assert_eq!(names(&[("requirements.txt", "flask==3.1.0\n"), ("shop/app.py", source)]), ["GET /orders"]);
}

#[test]
fn plugins_of_fastify_are_below_their_prefixes() {
    let found = names(&[
        ("package.json", r#"{"dependencies":{"fastify":"5"}}"#),
        (
            "src/server.ts",
            "import { OrderRoutes } from './orders.js';\nimport { PriceRoutes } from './prices.js';\nimport { A } from './pair.js';\nimport { B } from './pair.js';\nexport const all = async fastify => {\n  await fastify.register(\n    async fastify => {\n      await fastify.register(OrderRoutes, { prefix: '/orders' });\n      fastify.get('/health', async () => 'well');\n    },\n    { prefix: '/v1' }\n  );\n  await fastify.register(PriceRoutes);\n  await fastify.register(A, { prefix: '/a' });\n  await fastify.register(B, { prefix: '/b' });\n};",
        ),
        (
            "src/orders.ts",
            "export const OrderRoutes = async fastify => {\n  fastify.get('/', list);\n  fastify.post('/:id/lines', add);\n};",
        ),
        ("src/prices.ts", "export const PriceRoutes = async fastify => {\n  fastify.get('/prices', prices);\n};"),
        (
            "src/pair.ts",
            "export const A = async fastify => {\n  fastify.get('/one', one);\n};\nexport const B = async fastify => {\n  fastify.get('/two', two);\n};",
        ),
    ]);
    assert_eq!(
        found,
        ["GET /one", "GET /prices", "GET /two", "GET /v1/health", "GET /v1/orders", "POST /v1/orders/{}/lines"]
    );
}
