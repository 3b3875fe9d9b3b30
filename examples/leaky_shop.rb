# frozen_string_literal: true

# A small shop under simulated traffic, to look at with memory-tracker-top. Four things happen in it:
#
#   Shop::Session    leaks: every new visitor gets one, and the store never lets an old one go.
#   Shop::Listener   leaks: every checkout listens for its payment, and nobody ever stops listening.
#   Shop::Product    does not leak: the cache of products grows to its limit, and stays there.
#   everything else  churns: requests, pages and their strings come and go by the thousand.
#
# Usage: ruby leaky_shop.rb [SECONDS]      (until interrupted, when not said)

module Shop
  # Remembers who is who. Sessions are looked up by token; one that never comes back is kept all the same.
  class SessionStore
    def initialize
      @sessions = {}
    end

    def read(token)
      @sessions[token]
    end

    # The first leak: nothing ever takes a session out again.
    def write(token, visitor)
      @sessions[token] = Session.new(token, visitor)
    end

    def size
      @sessions.size
    end
  end

  # One visitor's session.
  class Session
    attr_reader :token, :visitor
    attr_accessor :visits

    def initialize(token, visitor)
      @token = token
      @visitor = visitor
      @visits = 1
    end
  end

  # Tells listeners about payments.
  class PaymentEvents
    def initialize
      @listeners = []
    end

    # The second leak: there is no way to unsubscribe, and each order is paid once.
    def subscribe(order)
      @listeners << Listener.new(order)
    end

    def size
      @listeners.size
    end
  end

  # Waits for the payment of one order.
  class Listener
    def initialize(order)
      @order = order
    end
  end

  # Keeps the products that were looked at last, and no more than its limit: this one is done right.
  class ProductCache
    LIMIT = 500

    def initialize
      @products = {}
    end

    def fetch(id)
      product = @products.delete(id) || Product.new(id)
      @products[id] = product
      @products.shift if @products.size > LIMIT
      product
    end

    def size
      @products.size
    end
  end

  # Something to buy.
  class Product
    attr_reader :id, :price

    def initialize(id)
      @id = id
      @price = 100 + (id % 900)
    end

    def title
      "Product #{id}"
    end
  end

  # What a browser asks for.
  class Request
    attr_reader :token, :path

    def initialize(token, path)
      @token = token
      @path = path
    end

    def params
      path.split("?").last.split("&").to_h { |pair| pair.split("=") }
    end
  end

  # What it gets back.
  class Page
    def initialize(products, visits)
      @products = products
      @visits = visits
    end

    def render
      rows = @products.map { |product| "<li><b>#{product.title}</b> <i>#{product.price}</i></li>" }
      "<html><h1>Visit #{@visits}</h1><ul>#{rows.join("\n")}</ul>#{" " * 4_000}</html>"
    end
  end

  # Answers requests.
  class Server
    attr_reader :requests

    def initialize
      @sessions = SessionStore.new
      @payments = PaymentEvents.new
      @cache = ProductCache.new
      @requests = 0
    end

    def call(request)
      @requests += 1
      session = session_of(request)
      id = request.params.fetch("id").to_i
      checkout if request.path.start_with?("/checkout")
      Page.new(Array.new(8) { |offset| @cache.fetch(id + offset) }, session.visits).render
    end

    def to_s
      "#{@requests} requests, #{@sessions.size} sessions, #{@payments.size} listeners, #{@cache.size} products in cache"
    end

    private

    def session_of(request)
      session = @sessions.read(request.token)
      return @sessions.write(request.token, @sessions.size) unless session

      session.visits += 1
      session
    end

    def checkout
      @payments.subscribe(@requests)
    end
  end

  # Visitors who click around: most come back, some are new, a few buy.
  class Traffic
    NEW_VISITOR = 0.10
    BUYS = 0.02
    CATALOGUE = 2_000

    def initialize(seed: 1)
      @random = Random.new(seed)
      @visitors = 0
    end

    def next_request
      @visitors += 1 if @visitors.zero? || @random.rand < NEW_VISITOR
      page = @random.rand < BUYS ? "checkout" : "product"
      Request.new(@random.rand(@visitors), "/#{page}?id=#{@random.rand(CATALOGUE)}&from=list")
    end
  end

  # Lets the traffic in at a steady rate, and says now and then how it goes.
  class Day
    REQUESTS_PER_TICK = 60
    TICK = 0.04
    REPORT_EVERY = 5.0

    def initialize(seconds: nil)
      @server = Server.new
      @traffic = Traffic.new
      @ends_at = now + seconds if seconds
      @closing = false
    end

    def run
      report
      report_at = now + REPORT_EVERY
      until over?
        tick
        next if now < report_at

        report
        report_at += REPORT_EVERY
      end
      report
    end

    # May be called from a signal handler.
    def close
      @closing = true
    end

    private

    def tick
      started = now
      REQUESTS_PER_TICK.times { @server.call(@traffic.next_request) }
      rest = TICK - (now - started)
      sleep(rest) if rest.positive?
    end

    def over?
      @closing || (@ends_at && now >= @ends_at)
    end

    def report
      puts "shop: #{@server}"
      $stdout.flush
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end
  end

  def self.open(arguments)
    seconds = arguments.first && Float(arguments.first, exception: false)
    if arguments.size > 1 || (arguments.any? && !seconds&.positive?)
      warn "leaky_shop: the only argument is a number of seconds to run"
      exit 64
    end
    day = Day.new(seconds: seconds)
    %w[INT TERM].each { |signal| trap(signal) { day.close } }
    day.run
  end
end

Shop.open(ARGV)
