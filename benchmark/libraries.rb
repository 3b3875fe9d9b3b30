# frozen_string_literal: true

require "erubi"
require "kramdown"
require "liquid"
require "mail"
require "psych"
require "rack/test"
require "rouge"
require "sinatra/base"

# Real libraries doing what they are used for, on inputs of a usual size. Every piece of work takes some tens of
# milliseconds, and the long loop of requests some hundreds.
module Libraries
  README = File.read(File.expand_path("../README.md", __dir__))

  SOURCE = File.read(__FILE__)

  PRODUCTS = Array.new(60) do |n|
    { "name" => "Product #{n}", "price" => n * 1.25, "tags" => %w[new red large], "stock" => n % 7 }
  end.freeze

  LIQUID = Liquid::Template.parse(<<~TEMPLATE)
    {% for product in products %}
      {% if product.stock > 0 %}
        <h2>{{ product.name | upcase }}</h2>
        <p>{{ product.price | times: 1.19 | round: 2 }} {{ product.tags | join: ", " }}</p>
      {% else %}
        <p>{{ product.name | append: " is sold out" | escape }}</p>
      {% endif %}
    {% endfor %}
  TEMPLATE

  ERB_TEMPLATE = <<~TEMPLATE
    <ul>
    <% products.each do |product| %>
      <li class="<%= product["tags"].first %>"><%== product["name"] %>: <%= format("%.2f", product["price"]) %></li>
    <% end %>
    </ul>
  TEMPLATE

  MESSAGE = <<~MESSAGE.gsub("\n", "\r\n")
    From: Ada <ada@example.org>
    To: Grace <grace@example.org>, Alan <alan@example.org>
    Subject: =?UTF-8?Q?The_engine_and_what_it_weaves?=
    Date: Mon, 16 Nov 2026 10:15:00 +0100
    Message-ID: <1@example.org>
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="part"

    --part
    Content-Type: text/plain; charset=UTF-8

    #{README}
    --part
    Content-Type: text/html; charset=UTF-8

    <p>#{README}</p>
    --part--
  MESSAGE

  # A page with a template, a redirect and an error.
  class Shop < Sinatra::Base
    set :environment, :production
    set :logging, false
    set :host_authorization, permitted_hosts: [] if respond_to?(:host_authorization)

    get("/products") { erb "<% @all.each do |product| %><p><%= product['name'] %></p><% end %>" }
    get("/products/:id") { |id| PRODUCTS.fetch(Integer(id))["name"] }
    post("/cart") { redirect "/products/#{params["id"]}" }
    before { @all = PRODUCTS }
  end

  # A browser that never leaves the process.
  class Browser
    include Rack::Test::Methods

    def app
      Shop
    end

    def visit
      get "/products"
      post "/cart", "id" => "3"
      follow_redirect!
      get "/nothing"
    end
  end

  BROWSER = Browser.new

  def self.render_erb(products)
    # rubocop:disable-next Security/Eval -- what a template engine does
    eval(Erubi::Engine.new(ERB_TEMPLATE).src, binding)
  end

  WORK = {
    "liquid" => -> { 30.times { LIQUID.render("products" => PRODUCTS) } },
    "kramdown" => -> { 3.times { Kramdown::Document.new(README).to_html } },
    "mail" => -> { 15.times { Mail.new(MESSAGE).then { |mail| [mail.to, mail.parts.map(&:decoded), mail.to_s] } } },
    "sinatra" => -> { 40.times { BROWSER.visit } },
    "psych" => -> { 5.times { Psych.safe_load(Psych.dump(PRODUCTS)) } },
    "erubi" => -> { 60.times { render_erb(PRODUCTS) } },
    "rouge" => -> { 2.times { Rouge::Formatters::HTML.new.format(Rouge::Lexers::Ruby.new.lex(SOURCE)) } },
    "requests" => -> { 300.times { BROWSER.visit } }
  }.freeze
end
